--- Code that has not failed goes to the server; what it finds are diagnostics, and the user is told how much that is.

local client_of = require('qwen_lsp.client')

local M = {}

---@type fun()? Stops the review in progress.
local stop_running

---@param report table What `qwen/review` answered.
---@param name string Of the file, for the user.
local function tell(report, name)
  local count = #report.diagnostics
  if count > 0 then
    local mended = #vim.tbl_filter(function(one)
      return #one.fixes > 0
    end, report.diagnostics)
    client_of.notify(
      ('remarks on %s: %d, with a fix: %d; ]d goes to the next, gra offers its fixes'):format(name, count, mended)
    )
  elseif #report.problems == 0 then
    -- What was in the way the server says itself.
    client_of.notify(('the review found nothing in %s'):format(name))
  end
end

--- Review lines of a buffer, or all of it.
---@param bufnr integer
---@param first integer? 1-based.
---@param last integer? 1-based, inclusive.
function M.review(bufnr, first, last)
  local path = vim.api.nvim_buf_get_name(bufnr)
  if path == '' or vim.bo[bufnr].buftype ~= '' then
    client_of.notify('only files are reviewed; give this buffer a name first', vim.log.levels.WARN)
    return
  end
  M.cancel()
  client_of.get(vim.fn.getcwd(), function(client)
    -- The server reviews what is on screen, if it is told what that is.
    vim.lsp.buf_attach_client(bufnr, client.id)
    local params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
    if first and last then
      params.range = { start = { line = first - 1, character = 0 }, ['end'] = { line = last, character = 0 } }
    end
    stop_running = client_of.request(client, 'qwen/review', params, function(report)
      stop_running = nil
      tell(report, vim.fn.fnamemodify(path, ':~:.'))
    end, function()
      stop_running = nil
    end)
  end)
end

--- Stop the review in progress, also on the engine; return whether there was one.
---@return boolean
function M.cancel()
  if not stop_running then
    return false
  end
  stop_running()
  stop_running = nil
  return true
end

return M
