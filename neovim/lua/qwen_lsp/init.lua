--- What configurations and other plugins may call; all else in this folder may change.

local M = {}

--- Set options; see |qwen-lsp-options|. Calling it is not necessary.
---
--- Raises an error that names an unknown or wrong option.
---@param given table?
function M.setup(given)
  require('qwen_lsp.options').set(given)
end

--- Return text for a statusline: '' where no server runs.
---@return string
function M.status()
  return require('qwen_lsp.status').line()
end

--- Diagnose a log.
---@param log string
---@param opts? { cwd?: string, command?: string } `cwd`: where the failed command ran, default the working directory.
function M.diagnose(log, opts)
  opts = opts or {}
  local cwd = vim.fs.abspath(opts.cwd or vim.fn.getcwd())
  require('qwen_lsp.diagnose').diagnose({ log = log, cwd = cwd, command = opts.command }, true)
end

--- Run a command and diagnose what it printed if it fails.
---@param command string
---@param cwd? string Default the working directory.
function M.run(command, cwd)
  require('qwen_lsp.run').run(command, vim.fs.abspath(cwd or vim.fn.getcwd()))
end

return M
