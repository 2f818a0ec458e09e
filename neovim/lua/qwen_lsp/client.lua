--- The language server that serves a command: a running one that fits, else one that is started.

local M = {}

M.NAME = 'qwen_lsp'

local METHOD_NOT_FOUND = -32601

---@param message string
---@param level integer? One of `vim.log.levels`, default INFO.
function M.notify(message, level)
  vim.notify('qwen: ' .. message, level or vim.log.levels.INFO)
end

--- Return a running server for the current buffer, or else for the working directory `cwd`.
---@param cwd string
---@return vim.lsp.Client?
function M.find(cwd)
  local attached = vim.lsp.get_clients({ name = M.NAME, bufnr = 0 })[1]
  if attached then
    return attached
  end
  local rootless ---@type vim.lsp.Client?
  for _, client in ipairs(vim.lsp.get_clients({ name = M.NAME })) do
    if not client.root_dir then
      rootless = client
    elseif vim.fs.relpath(client.root_dir, cwd) then
      return client
    end
  end
  return rootless
end

--- Call back with a server that is ready, and start one if need be.
---
--- Nothing is called when none can be started; the user has been told why then.
---@param cwd string Absolute; what the work is about.
---@param callback fun(client: vim.lsp.Client)
function M.get(cwd, callback)
  local found = M.find(cwd)
  if found then
    callback(found)
    return
  end
  local config = vim.deepcopy(vim.lsp.config[M.NAME])
  if type(config.cmd) == 'table' and vim.fn.executable(config.cmd[1]) == 0 then
    M.notify(
      ("%s cannot be run; install it with 'pipx install qwen-lsp', or set cmd with vim.lsp.config"):format(
        config.cmd[1]
      ),
      vim.log.levels.ERROR
    )
    return
  end
  config.root_dir = vim.fs.root(cwd, config.root_markers or {}) or cwd
  local called = false
  local function ready(client)
    if not called then
      called = true
      vim.schedule_wrap(callback)(client)
    end
  end
  local on_init = config.on_init or {}
  config.on_init = vim.list_extend({ ready }, type(on_init) == 'table' and on_init or { on_init })
  local id = vim.lsp.start(config, { attach = false, reuse_client = config.reuse_client })
  if not id then
    return
  end
  -- One that was on its way already, for a buffer, has not heard of the callback.
  vim.api.nvim_create_autocmd('LspAttach', {
    desc = 'qwen-lsp: a command waits for the server',
    callback = function(event)
      if event.data.client_id == id then
        ready(vim.lsp.get_client_by_id(id))
      end
      return called
    end,
  })
  -- So that the buffers of the program belong to the server too, and fixes are offered in them.
  vim.lsp.enable(M.NAME)
end

---@type table<integer, table<integer, fun()>> By client id and request id: what to do when no answer can come.
local unanswered = {}

--- Tell those who wait for answers of a server that it has ended; Neovim tells the user.
---@param client_id integer
function M.ended(client_id)
  local waiting = unanswered[client_id] or {}
  unanswered[client_id] = nil
  for _, give_up in pairs(waiting) do
    give_up()
  end
end

--- Send a request whose errors are told to the user.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param on_result fun(result: any)
---@param on_error fun()? Called after the user has been told, also when the server ends without an answer.
---@return fun()? cancel Cancels the request, after which nothing is called back; nil when it could not be sent.
function M.request(client, method, params, on_result, on_error)
  on_error = on_error or function() end
  local function forget(id)
    if id and unanswered[client.id] then
      unanswered[client.id][id] = nil
    end
  end
  local id ---@type integer?
  local sent
  sent, id = client:request(method, params, function(err, result)
    forget(id)
    if not err then
      on_result(result)
    elseif err.code == METHOD_NOT_FOUND then
      M.notify(('this qwen-lsp does not know %s yet; upgrade it'):format(method), vim.log.levels.WARN)
      on_error()
    else
      M.notify(err.message, vim.log.levels.ERROR)
      on_error()
    end
  end)
  if not sent or not id then
    on_error()
    return nil
  end
  unanswered[client.id] = unanswered[client.id] or {}
  unanswered[client.id][id] = on_error
  return function()
    forget(id)
    -- Neovim calls nothing back for a request that was cancelled.
    client:cancel_request(id)
  end
end

return M
