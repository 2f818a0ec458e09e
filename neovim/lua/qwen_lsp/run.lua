--- A command whose output goes to a buffer, and to the server when it fails.

local client_of = require('qwen_lsp.client')
local diagnose = require('qwen_lsp.diagnose')
local window = require('qwen_lsp.window')

local M = {}

---@type vim.SystemObj?
local running
---@type { command: string, cwd: string }?
local last

---@param bufnr integer
---@param text string
local function append(bufnr, text)
  if not vim.api.nvim_buf_is_valid(bufnr) then
    return
  end
  local lines = vim.split((text:gsub('\r\n', '\n')), '\n')
  local end_line = vim.api.nvim_buf_line_count(bufnr) - 1
  local end_text = vim.api.nvim_buf_get_lines(bufnr, end_line, -1, false)[1]
  lines[1] = end_text .. lines[1]
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, end_line, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  local open = vim.fn.bufwinid(bufnr)
  if open ~= -1 and vim.api.nvim_get_current_win() ~= open then
    vim.api.nvim_win_set_cursor(open, { vim.api.nvim_buf_line_count(bufnr), 0 })
  end
end

---@return integer
local function buffer()
  local bufnr = window.buffer('qwen://output')
  vim.bo[bufnr].filetype = 'qwenoutput'
  vim.keymap.set('n', require('qwen_lsp.options').current.keys.close, '<Cmd>close<CR>', {
    buffer = bufnr,
    nowait = true,
    desc = 'Close this window',
  })
  return bufnr
end

--- Run a command in the user's shell and diagnose what it printed if it fails.
---@param command string As typed.
---@param cwd string
function M.run(command, cwd)
  M.cancel()
  last = { command = command, cwd = cwd }
  local bufnr = buffer()
  window.set_lines(bufnr, {})
  window.show(bufnr, false, 'split')
  local chunks = {} ---@type string[]
  local function on_output(_, data)
    if data then
      chunks[#chunks + 1] = data
      vim.schedule(function()
        append(bufnr, data)
      end)
    end
  end
  local argv = vim.list_extend({ vim.o.shell }, vim.split(vim.o.shellcmdflag, ' ', { trimempty = true }))
  argv[#argv + 1] = command
  local process
  process = vim.system(argv, { cwd = cwd, text = true, stdout = on_output, stderr = on_output }, function(done)
    vim.schedule(function()
      if process ~= running then
        return
      end
      running = nil
      if done.signal ~= 0 then
        client_of.notify(('%s was ended by signal %d'):format(command, done.signal), vim.log.levels.WARN)
      elseif done.code == 0 then
        client_of.notify(command .. ' passes')
      else
        client_of.notify(('%s failed with exit code %d'):format(command, done.code))
        diagnose.diagnose({ log = table.concat(chunks), cwd = cwd, command = command }, false)
      end
    end)
  end)
  running = process
end

--- Run the last command again.
function M.again()
  if last then
    M.run(last.command, last.cwd)
  else
    client_of.notify('nothing has been run yet; give a command: :QwenRun pytest -x')
  end
end

--- End the command in progress; return whether there was one.
---@return boolean
function M.cancel()
  if not running then
    return false
  end
  running:kill('sigterm')
  return true
end

return M
