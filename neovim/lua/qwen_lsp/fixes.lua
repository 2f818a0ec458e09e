--- Fixes of the newest diagnosis: their edits come from the server, which refuses when a file changed since.

local client_of = require('qwen_lsp.client')
local report_of = require('qwen_lsp.report')
local window = require('qwen_lsp.window')

local M = {}

---@class qwen_lsp.Diagnosed
---@field client vim.lsp.Client
---@field report table

---@param edit lsp.WorkspaceEdit
---@return table<string, lsp.TextEdit[]> by_uri
local function edits_by_uri(edit)
  local found = vim.deepcopy(edit.changes or {})
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.textDocument then
      found[change.textDocument.uri] = vim.list_extend(found[change.textDocument.uri] or {}, change.edits)
    end
  end
  return found
end

--- Call back with the edit of one fix; the user is told when there is none.
---@param diagnosed qwen_lsp.Diagnosed
---@param index integer 1-based index into the report's fixes.
---@param callback fun(edit: lsp.WorkspaceEdit)
local function with_edit(diagnosed, index, callback)
  local client, fix, place = diagnosed.client, diagnosed.report.fixes[index], report_of.main(diagnosed.report)
  if client:is_stopped() then
    client_of.notify('the server of this diagnosis has ended; diagnose the log again', vim.log.levels.WARN)
    return
  end
  for _, edit in ipairs(fix.edits) do
    -- The server compares what it saw with what is on screen, if it is told what that is.
    local bufnr = vim.fn.bufnr(vim.fn.fnameescape(edit.path))
    if bufnr ~= -1 and vim.api.nvim_buf_is_loaded(bufnr) then
      vim.lsp.buf_attach_client(bufnr, client.id)
    end
  end
  local function is_wanted(action)
    local data = action.data or {}
    -- The title too: the server may have made another diagnosis since.
    return data.of == 'diagnosis' and data.fix == index - 1 and action.title == fix.label
  end
  -- A moved diagnostic is found wherever it is by now.
  local whole_file = { start = { line = 0, character = 0 }, ['end'] = { line = 2147483647, character = 0 } }
  local params = {
    textDocument = { uri = vim.uri_from_fname(place.path) },
    range = whole_file,
    context = { diagnostics = {}, only = { 'quickfix' } },
  }
  client_of.request(client, 'textDocument/codeAction', params, function(actions)
    for _, action in ipairs(actions or {}) do
      if is_wanted(action) then
        if action.disabled then
          client_of.notify(action.disabled.reason, vim.log.levels.WARN)
        elseif action.edit then
          callback(action.edit)
        else
          client_of.request(client, 'codeAction/resolve', action, function(resolved)
            callback(resolved.edit)
          end)
        end
        return
      end
    end
    client_of.notify('this fix is no longer offered: its code changed; diagnose the log again', vim.log.levels.WARN)
  end)
end

--- Return one file's text before and after its edits.
---@param uri string
---@param edits lsp.TextEdit[]
---@param encoding string
---@return string before
---@return string after
local function texts(uri, edits, encoding)
  local bufnr = vim.uri_to_bufnr(uri)
  vim.fn.bufload(bufnr)
  local lines = vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)
  local scratch = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(scratch, 0, -1, false, lines)
  vim.lsp.util.apply_text_edits(edits, scratch, encoding)
  local changed = vim.api.nvim_buf_get_lines(scratch, 0, -1, false)
  vim.api.nvim_buf_delete(scratch, { force = true })
  return table.concat(lines, '\n') .. '\n', table.concat(changed, '\n') .. '\n'
end

--- Show what a fix would change, as a diff in a float.
---@param diagnosed qwen_lsp.Diagnosed
---@param index integer
---@param on_apply fun() Called when the user applies it from there.
---@param keys qwen_lsp.Keys
function M.preview(diagnosed, index, on_apply, keys)
  with_edit(diagnosed, index, function(edit)
    local diff = (vim.text and vim.text.diff) or vim.diff
    local lines = {} ---@type string[]
    for uri, edits in vim.spairs(edits_by_uri(edit)) do
      local before, after = texts(uri, edits, diagnosed.client.offset_encoding)
      local name = vim.fn.fnamemodify(vim.uri_to_fname(uri), ':~:.')
      vim.list_extend(lines, { '--- ' .. name, '+++ ' .. name })
      local hunks = diff(before, after, { ctxlen = 3 }) --[[@as string]]
      vim.list_extend(lines, vim.split(vim.trim(hunks), '\n'))
    end
    local bufnr = window.buffer('qwen://preview')
    window.set_lines(bufnr, lines)
    vim.bo[bufnr].bufhidden = 'wipe'
    vim.bo[bufnr].filetype = 'diff'
    local shown = window.show(bufnr, true, 'float')
    local function close()
      vim.api.nvim_win_close(shown, true)
    end
    vim.keymap.set('n', keys.close, close, { buffer = bufnr, desc = 'Close the preview' })
    vim.keymap.set('n', keys.apply, function()
      close()
      on_apply()
    end, { buffer = bufnr, desc = 'Apply this fix' })
  end)
end

--- Apply a fix as one undo step of each file, and call back with the buffers that it changed.
---@param diagnosed qwen_lsp.Diagnosed
---@param index integer
---@param on_applied fun(buffers: integer[])
function M.apply(diagnosed, index, on_applied)
  with_edit(diagnosed, index, function(edit)
    vim.lsp.util.apply_workspace_edit(edit, diagnosed.client.offset_encoding)
    local buffers = {} ---@type integer[]
    for uri in vim.spairs(edits_by_uri(edit)) do
      local bufnr = vim.uri_to_bufnr(uri)
      vim.bo[bufnr].buflisted = true
      buffers[#buffers + 1] = bufnr
    end
    on_applied(buffers)
  end)
end

return M
