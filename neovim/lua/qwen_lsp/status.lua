--- The state of the backend and of the work in progress, in a few words.

local client_of = require('qwen_lsp.client')

local M = {}

---@type table<integer, table> By client id; the object of docs/protocol.md, "Supervisor".
local states = {}
---@type table<integer, string> By client id: the stage of what is being done.
local stages = {}

local WORDS = { ['rolling-back'] = 'rolling back' }

vim.api.nvim_create_autocmd('LspProgress', {
  group = vim.api.nvim_create_augroup('qwen_lsp.status', {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    local value = event.data.params.value
    if not client or client.name ~= client_of.NAME or type(value) ~= 'table' or not value.kind then
      return
    end
    if value.kind == 'end' then
      stages[client.id] = nil
    else
      -- "asking: the newest words of the reply" is too long for a statusline, and never still.
      stages[client.id] = (value.message or value.title):match('^[^:]+')
    end
    vim.cmd.redrawstatus()
  end,
})

--- Forget a server that has ended.
---@param client_id integer
function M.ended(client_id)
  states[client_id], stages[client_id] = nil, nil
  vim.cmd.redrawstatus()
end

--- Take note of what a server told.
---@param client_id integer
---@param state table
function M.backend_changed(client_id, state)
  states[client_id] = state
  vim.cmd.redrawstatus()
end

--- Return the state that a server told last.
---@param client_id integer
---@return table?
function M.backend(client_id)
  return states[client_id]
end

---@param client vim.lsp.Client
local function ask_for_state(client)
  -- Once: what comes later is told.
  states[client.id] = {}
  client:request('qwen/backendState', vim.empty_dict(), function(err, state)
    if not err then
      M.backend_changed(client.id, state)
    end
  end)
end

---@param state table
---@return string?
local function words_for(state)
  if not state.state then
    return nil
  end
  if state.state == 'ready' or state.state == 'busy' then
    return type(state.model) == 'string' and ('%s %s'):format(state.state, state.model) or state.state
  end
  local words = WORDS[state.state] or state.state
  if type(state.percent) == 'number' then
    return ('%s %d %%'):format(words, state.percent)
  end
  return words
end

--- Return text for a statusline: '' where no server runs, else what it does or how its backend is.
---@return string
function M.line()
  local client = client_of.find(vim.fn.getcwd())
  if not client then
    return ''
  end
  if not states[client.id] then
    ask_for_state(client)
  end
  local words = stages[client.id] or words_for(states[client.id])
  return words and 'qwen: ' .. words or 'qwen'
end

return M
