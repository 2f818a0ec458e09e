--- The commands. Everything else is loaded when one is used.

if vim.g.loaded_qwen_lsp then
  return
end
vim.g.loaded_qwen_lsp = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify_once('qwen-lsp needs Neovim 0.11 or newer', vim.log.levels.ERROR)
  return
end

local command = vim.api.nvim_create_user_command

command('QwenDiagnose', function(args)
  require('qwen_lsp.commands').diagnose(args)
end, {
  range = true,
  nargs = '?',
  complete = function(lead)
    return require('qwen_lsp.commands').complete_source(lead)
  end,
  desc = 'Find the root cause of a failure: in the range, a register, the terminal, the quickfix list, or this buffer',
})

command('QwenRun', function(args)
  require('qwen_lsp.commands').run(args)
end, { nargs = '*', complete = 'shellcmdline', desc = 'Run a command and diagnose its output if it fails' })

command('QwenResult', function()
  require('qwen_lsp.result').open()
end, { desc = 'Open the result of the last diagnosis' })

command('QwenAsk', function(args)
  require('qwen_lsp.commands').ask(args)
end, { range = true, nargs = '*', bang = true, desc = 'Ask about the diagnosis or the range; ! begins anew' })

command('QwenRole', function(args)
  require('qwen_lsp.ask').choose_role(args.fargs[1])
end, { nargs = '?', desc = 'Choose the role that answers' })

command('QwenReview', function(args)
  require('qwen_lsp.commands').review(args)
end, { range = true, desc = 'Find mistakes in this file, or in the range, without a log' })

command('QwenCancel', function()
  require('qwen_lsp.commands').cancel()
end, { desc = 'Stop the diagnosis, answer, review or command in progress' })

command('QwenClear', function()
  require('qwen_lsp.commands').clear()
end, { desc = 'Forget the diagnosis and the reviews' })

command('QwenBackend', function(args)
  require('qwen_lsp.commands').backend(args.fargs[1])
end, {
  nargs = '?',
  complete = function(lead)
    return require('qwen_lsp.commands').complete_action(lead)
  end,
  desc = "Tell the backend's state, or start or stop it",
})
