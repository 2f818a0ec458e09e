--- One failure goes to the server at a time; its report is shown.

local client_of = require('qwen_lsp.client')
local result = require('qwen_lsp.result')

local M = {}

---@class qwen_lsp.Failure
---@field log string
---@field cwd string Absolute; where the failed command ran.
---@field command string? The failed command as typed.

---@type fun()? Cancels the diagnosis in progress.
local cancel_running

--- Diagnose a log; progress and report go to the result window.
---@param failure qwen_lsp.Failure
---@param enter boolean Whether the cursor goes to the result window.
function M.diagnose(failure, enter)
  if not failure.log:find('%S') then
    client_of.notify('there is no text to diagnose', vim.log.levels.WARN)
    return
  end
  client_of.get(failure.cwd, function(client)
    result.wait(client, enter)
    local params = { log = failure.log, cwd = failure.cwd, command = failure.command }
    if cancel_running then
      cancel_running()
    end
    cancel_running = client_of.request(client, 'qwen/diagnose', params, function(report)
      cancel_running = nil
      result.show({ client = client, report = report, failure = failure })
    end, function()
      cancel_running = nil
      result.give_up()
    end)
  end)
end

--- Stop the diagnosis in progress, also on the engine; return whether there was one.
---@return boolean
function M.cancel()
  if not cancel_running then
    return false
  end
  cancel_running()
  cancel_running = nil
  result.give_up()
  return true
end

return M
