--- Questions, about the newest diagnosis or about selected code; the answer streams into a window.

local client_of = require('qwen_lsp.client')
local options = require('qwen_lsp.options')
local window = require('qwen_lsp.window')

local M = {}

---@type string? Identifies the conversation that the next question goes on with.
local conversation
---@type string? The role that answers; nil leaves the choice to the server.
local role
---@type fun()? Stops the answer that is being written.
local stop_running
local questions = 0

---@return integer
local function buffer()
  local bufnr = window.buffer('qwen://answer')
  if not vim.b[bufnr].qwen_lsp then
    vim.b[bufnr].qwen_lsp = true
    vim.bo[bufnr].filetype = 'qwenanswer'
    pcall(vim.treesitter.start, bufnr, 'markdown')
    local keys = options.current.keys
    vim.keymap.set('n', keys.close, '<Cmd>close<CR>', { buffer = bufnr, nowait = true, desc = 'Close this window' })
    vim.keymap.set('n', keys.ask, function()
      M.about(nil)
    end, { buffer = bufnr, nowait = true, desc = 'Ask on' })
  end
  return bufnr
end

---@param bufnr integer
---@param from integer 0-based line where the answer begins.
---@param text string
local function write(bufnr, from, text)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, from, -1, false, vim.split(text, '\n'))
  vim.bo[bufnr].modifiable = false
  local open = vim.fn.bufwinid(bufnr)
  if open ~= -1 then
    vim.api.nvim_win_set_cursor(open, { vim.api.nvim_buf_line_count(bufnr), 0 })
  end
end

---@class qwen_lsp.Question
---@field text string
---@field bufnr integer? The buffer that `first` and `last` are lines of.
---@field first integer? 1-based.
---@field last integer? 1-based, inclusive.

---@param client vim.lsp.Client
---@param question qwen_lsp.Question
---@param token string
---@return table
local function params_for(client, question, token)
  local params = {
    question = question.text,
    role = role,
    conversation = conversation,
    partialResultToken = token,
  }
  if question.bufnr then
    vim.lsp.buf_attach_client(question.bufnr, client.id)
    params.textDocument = vim.lsp.util.make_text_document_params(question.bufnr)
    params.range = {
      start = { line = question.first - 1, character = 0 },
      ['end'] = { line = question.last, character = 0 },
    }
  end
  return params
end

---@param client vim.lsp.Client
---@param question qwen_lsp.Question
local function send(client, question)
  local bufnr = buffer()
  if vim.api.nvim_buf_line_count(bufnr) == 1 then
    window.set_lines(bufnr, {})
  end
  local from = vim.api.nvim_buf_line_count(bufnr)
  write(bufnr, from == 1 and 0 or from, ('## %s\n\n…'):format((question.text:gsub('\n', ' '))))
  from = vim.api.nvim_buf_line_count(bufnr) - 1
  window.show(bufnr, true)
  questions = questions + 1
  local token = ('qwen-answer-%d'):format(questions)
  local listener = vim.api.nvim_create_autocmd('LspProgress', {
    desc = 'qwen-lsp: an answer while it is being written',
    callback = function(event)
      local progress = event.data.params
      if progress.token == token and type(progress.value) == 'table' and progress.value.text then
        write(bufnr, from, progress.value.text)
      end
    end,
  })
  local function done(text)
    stop_running = nil
    vim.api.nvim_del_autocmd(listener)
    write(bufnr, from, text .. '\n')
  end
  local cancel = client_of.request(client, 'qwen/ask', params_for(client, question, token), function(result)
    conversation = result.conversation
    local text = result.answer
    for _, problem in ipairs(result.problems or {}) do
      text = text .. '\n\n> ' .. problem
    end
    done(text)
  end, function()
    -- A server that was started since does not know it.
    conversation = nil
    done('(no answer)')
  end)
  stop_running = cancel and function()
    cancel()
    done('(stopped)')
  end
end

--- Ask; the conversation goes on until `M.start_anew` is called or another log is diagnosed.
---@param question qwen_lsp.Question
function M.ask(question)
  M.cancel()
  client_of.get(vim.fn.getcwd(), function(client)
    send(client, question)
  end)
end

--- Let the user type a question about a diagnosis, or about what was said last.
---@param diagnosed qwen_lsp.Diagnosed?
function M.about(diagnosed)
  vim.ui.input({ prompt = 'Ask qwen: ' }, function(text)
    if not text or not text:find('%S') then
      return
    end
    if diagnosed and not diagnosed.client:is_stopped() then
      send(diagnosed.client, { text = text })
    else
      M.ask({ text = text })
    end
  end)
end

--- Forget the conversation: the next question is about the newest diagnosis, or about its own lines.
function M.start_anew()
  conversation = nil
end

--- Stop the answer that is being written; return whether there was one.
---@return boolean
function M.cancel()
  if not stop_running then
    return false
  end
  stop_running()
  return true
end

--- Choose who answers from the roles that the server has, by name or from a list.
---@param name string? Id of the role; without it the user is asked.
function M.choose_role(name)
  client_of.get(vim.fn.getcwd(), function(client)
    client_of.request(client, 'qwen/roles', vim.empty_dict(), function(result)
      for _, problem in ipairs(result.problems or {}) do
        client_of.notify(problem, vim.log.levels.WARN)
      end
      local function take(chosen)
        if chosen then
          role = chosen.id
          client_of.notify(('%s answers from now on'):format(chosen.title))
        end
      end
      if not name then
        vim.ui.select(result.roles, {
          prompt = 'Who shall answer?',
          format_item = function(one)
            return ('%s: %s'):format(one.title, one.description)
          end,
        }, take)
        return
      end
      for _, one in ipairs(result.roles) do
        if one.id == name then
          take(one)
          return
        end
      end
      local ids = vim.tbl_map(function(one)
        return one.id
      end, result.roles)
      client_of.notify(('no role %s; there are: %s'):format(name, table.concat(ids, ', ')), vim.log.levels.WARN)
    end)
  end)
end

return M
