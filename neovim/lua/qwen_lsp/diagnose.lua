--- One failure goes to the server at a time; its report is shown.

local client_of = require('qwen_lsp.client')
local result = require('qwen_lsp.result')

local M = {}

---@class qwen_lsp.Failure
---@field log string
---@field cwd string Absolute; where the failed command ran.
---@field command string? The failed command as typed.

---@type { cancel: fun(), give_up: fun() }?
local running

---@param client vim.lsp.Client
---@param method string
---@param params table
---@param failure qwen_lsp.Failure
---@param give_up fun() Called when no report comes; the user has been told why.
local function request(client, method, params, failure, give_up)
  if running then
    running.cancel()
  end
  local cancel = client_of.request(client, method, params, function(report)
    running = nil
    result.show({ client = client, report = report, failure = failure })
  end, function()
    running = nil
    give_up()
  end)
  running = cancel and { cancel = cancel, give_up = give_up }
end

--- Diagnose a log; progress and report go to the result window.
---@param failure qwen_lsp.Failure
---@param enter boolean Whether the cursor goes to the result window.
function M.diagnose(failure, enter)
  if not failure.log:find('%S') then
    client_of.notify('there is no text to diagnose', vim.log.levels.WARN)
    return
  end
  client_of.get(failure.cwd, function(client)
    local params = { log = failure.log, cwd = failure.cwd, command = failure.command }
    result.wait(client, enter)
    request(client, 'qwen/diagnose', params, failure, result.give_up)
  end)
end

--- Try fixes of a diagnosis with the command that failed, which the user has seen and agreed to.
---@param shown qwen_lsp.Shown
function M.try_fixes(shown)
  result.wait(shown.client, true)
  request(shown.client, 'qwen/tryFixes', vim.empty_dict(), shown.failure, function()
    result.show(shown)
  end)
end

--- Stop the diagnosis in progress, also on the engine; return whether there was one.
---@return boolean
function M.cancel()
  if not running then
    return false
  end
  local stopped = running
  running = nil
  stopped.cancel()
  stopped.give_up()
  return true
end

return M
