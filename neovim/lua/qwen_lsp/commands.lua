--- What the commands do with their arguments.

local client_of = require('qwen_lsp.client')
local sources = require('qwen_lsp.sources')

local M = {}

local ACTIONS = { 'start', 'stop', 'status', 'promote', 'rollback' }

---@param words string[]
---@param lead string
---@return string[]
local function starting_with(words, lead)
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, words)
end

---@param lead string
---@return string[]
function M.complete_source(lead)
  return starting_with({ '+', 'loclist', 'quickfix', 'terminal' }, lead)
end

---@param lead string
---@return string[]
function M.complete_action(lead)
  return starting_with(ACTIONS, lead)
end

--- Return the terminal that is meant: this one, else the one on screen, else the one that was used last.
---@return integer?
local function terminal()
  if vim.bo.buftype == 'terminal' then
    return vim.api.nvim_get_current_buf()
  end
  local newest ---@type vim.fn.getbufinfo.ret.item?
  for _, one in ipairs(vim.fn.getbufinfo({ bufloaded = 1 })) do
    if vim.bo[one.bufnr].buftype == 'terminal' then
      local on_screen = #one.windows > 0
      local is_better = not newest
        or (on_screen and #newest.windows == 0)
        or (on_screen == (#newest.windows > 0) and one.lastused > newest.lastused)
      newest = is_better and one or newest
    end
  end
  return newest and newest.bufnr
end

---@param name string
---@param args table
---@return string? log
---@return string? cwd
local function from_source(name, args)
  if name == 'quickfix' then
    return sources.quickfix(vim.fn.getqflist())
  elseif name == 'loclist' then
    return sources.quickfix(vim.fn.getloclist(0))
  elseif name == 'terminal' then
    local bufnr = terminal()
    if not bufnr then
      client_of.notify('there is no terminal', vim.log.levels.WARN)
      return nil
    end
    return sources.lines(bufnr, 1, vim.api.nvim_buf_line_count(bufnr)), sources.terminal_cwd(bufnr)
  elseif #name == 1 or name:match('^"%S$') then
    return sources.register(name:sub(-1))
  end
  client_of.notify(
    ("'%s' is no register, nor terminal, quickfix or loclist; see :help :QwenDiagnose"):format(args.args),
    vim.log.levels.ERROR
  )
  return nil
end

---@return string
local function source_here()
  if vim.bo.buftype == 'quickfix' then
    return vim.fn.getloclist(0, { filewinid = 0 }).filewinid ~= 0 and 'loclist' or 'quickfix'
  end
  return vim.bo.buftype == 'terminal' and 'terminal' or ''
end

---@param args table As of nvim_create_user_command.
function M.diagnose(args)
  local log, cwd
  if args.range > 0 then
    local bufnr = vim.api.nvim_get_current_buf()
    log = sources.lines(bufnr, args.line1, args.line2)
    cwd = vim.bo.buftype == 'terminal' and sources.terminal_cwd(bufnr) or nil
  else
    local name = args.args ~= '' and args.args or source_here()
    if name == '' then
      log = sources.lines(0, 1, vim.api.nvim_buf_line_count(0))
    else
      log, cwd = from_source(name, args)
    end
  end
  if log then
    require('qwen_lsp.diagnose').diagnose({ log = log, cwd = cwd or vim.fn.getcwd() }, true)
  end
end

---@param args table
function M.run(args)
  if args.args == '' then
    require('qwen_lsp.run').again()
  else
    require('qwen_lsp.run').run(vim.fn.expandcmd(args.args), vim.fn.getcwd())
  end
end

---@param args table
function M.ask(args)
  local ask = require('qwen_lsp.ask')
  if args.bang then
    ask.start_anew()
  end
  local question = { text = args.args }
  if args.range > 0 then
    question.bufnr, question.first, question.last = vim.api.nvim_get_current_buf(), args.line1, args.line2
  end
  if args.args ~= '' then
    ask.ask(question)
    return
  end
  vim.ui.input({ prompt = 'Ask qwen: ' }, function(text)
    if text and text:find('%S') then
      question.text = text
      ask.ask(question)
    end
  end)
end

---@param args table
function M.review(args)
  local has_range = args.range > 0
  local bufnr = vim.api.nvim_get_current_buf()
  require('qwen_lsp.review').review(bufnr, has_range and args.line1 or nil, has_range and args.line2 or nil)
end

function M.cancel()
  local cancelled = false
  for _, name in ipairs({ 'diagnose', 'ask', 'run', 'review' }) do
    cancelled = require('qwen_lsp.' .. name).cancel() or cancelled
  end
  client_of.notify(cancelled and 'cancelled' or 'nothing is in progress')
end

function M.clear()
  require('qwen_lsp.diagnose').cancel()
  for _, client in ipairs(vim.lsp.get_clients({ name = client_of.NAME })) do
    client_of.request(client, 'workspace/executeCommand', { command = 'qwen.clear' }, function() end)
  end
end

---@param action string? Default `status`.
function M.backend(action)
  action = action or 'status'
  if not vim.list_contains(ACTIONS, action) then
    client_of.notify(("'%s' is none of %s"):format(action, table.concat(ACTIONS, ', ')), vim.log.levels.ERROR)
    return
  end
  client_of.get(vim.fn.getcwd(), function(client)
    local params = { command = 'qwen.backend', arguments = { action } }
    client_of.request(client, 'workspace/executeCommand', params, function(state)
      require('qwen_lsp.status').backend_changed(client.id, state)
      local words = { state.state }
      for _, field in ipairs({ 'model', 'detail', 'reason', 'remedy' }) do
        if type(state[field]) == 'string' and state[field] ~= '' then
          words[#words + 1] = state[field]
        end
      end
      client_of.notify('backend ' .. table.concat(words, ': '))
    end)
  end)
end

return M
