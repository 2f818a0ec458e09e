---@brief
---
--- qwen-lsp: the root cause of a failure as a diagnostic where the fault is, and a checked fix.
--- `vim.lsp.enable('qwen_lsp')` is all it takes; settings go into `init_options` (see |qwen-lsp-settings|).

---@type vim.lsp.Config
return {
  cmd = { 'qwen-lsp', '--stdio' },
  -- The languages that fixes are written in, and the kinds of file that a log is kept in.
  filetypes = {
    'c',
    'cpp',
    'cs',
    'go',
    'java',
    'javascript',
    'javascriptreact',
    'php',
    'python',
    'ruby',
    'rust',
    'sql',
    'typescript',
    'typescriptreact',
    'log',
    'text',
    'markdown',
  },
  -- The repository comes first: the frames of a log lie in any of its packages.
  root_markers = { '.git', 'pyproject.toml', 'setup.py', 'package.json' },
  capabilities = { experimental = { qwenBackendState = true } },
  handlers = {
    ['qwen/backendState'] = function(_, state, context)
      require('qwen_lsp.status').backend_changed(context.client_id, state)
    end,
  },
  on_exit = vim.schedule_wrap(function(_, _, client_id)
    require('qwen_lsp.client').ended(client_id)
    require('qwen_lsp.status').ended(client_id)
  end),
}
