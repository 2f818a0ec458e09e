--- The result window: how far a diagnosis is, then its report, with mappings to act on it.

local ask = require('qwen_lsp.ask')
local client_of = require('qwen_lsp.client')
local fixes = require('qwen_lsp.fixes')
local options = require('qwen_lsp.options')
local report_of = require('qwen_lsp.report')
local window = require('qwen_lsp.window')

local M = {}

---@class qwen_lsp.Shown: qwen_lsp.Diagnosed
---@field failure qwen_lsp.Failure

---@type qwen_lsp.Shown?
local shown
---@type table<integer, qwen_lsp.Target>
local targets = {}
---@type integer?
local progress_listener

---@return qwen_lsp.Target
local function under_cursor()
  return targets[vim.api.nvim_win_get_cursor(0)[1]] or {}
end

---@return integer? 1-based index of the fix under the cursor, else of the first.
local function chosen_fix()
  if not shown or #shown.report.fixes == 0 then
    client_of.notify('there is no fix to choose')
    return nil
  end
  return under_cursor().fix or 1
end

local function jump()
  local place = under_cursor().place or (shown and report_of.main(shown.report))
  if not shown or not place then
    return
  end
  window.leave()
  local location = { uri = vim.uri_from_fname(place.path), range = place.range }
  vim.lsp.util.show_document(location, shown.client.offset_encoding, { focus = true })
end

---@param buffers integer[]
local function tell_applied(buffers)
  local names = vim.tbl_map(function(bufnr)
    return vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':~:.')
  end, buffers)
  client_of.notify(('the fix is in %s; u there undoes it'):format(table.concat(names, ', ')))
end

---@param index integer
local function apply(index)
  fixes.apply(assert(shown), index, function(buffers)
    assert(shown).changed = buffers
    tell_applied(buffers)
  end)
end

local function rerun()
  if not shown or not shown.failure.command then
    client_of.notify('no command is known to have failed; run one with :QwenRun')
    return
  end
  for _, bufnr in ipairs(shown.changed or {}) do
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].modified then
      vim.api.nvim_buf_call(bufnr, function()
        vim.cmd('silent write')
      end)
    end
  end
  require('qwen_lsp.run').run(shown.failure.command, shown.failure.cwd)
end

local function try_fixes()
  if not shown or type(shown.report.can_try) ~= 'string' then
    client_of.notify('there is no command that fixes can be tried with')
    return
  end
  require('qwen_lsp.diagnose').try_fixes(shown)
end

---@param verdict 'good'|'bad'
local function judge(verdict)
  if not shown then
    return
  end
  local fix = under_cursor().fix
  local params = { target = fix and 'fix' or 'diagnosis', fix = fix and fix - 1, verdict = verdict }
  client_of.request(shown.client, 'qwen/feedback', params, function()
    client_of.notify(('noted, on this machine only: this %s is %s'):format(params.target, verdict))
  end)
end

---@return integer
local function buffer()
  local bufnr = window.buffer('qwen://result')
  if vim.b[bufnr].qwen_lsp then
    return bufnr
  end
  vim.b[bufnr].qwen_lsp = true
  vim.bo[bufnr].filetype = 'qwenresult'
  pcall(vim.treesitter.start, bufnr, 'markdown')
  local function map(key, action, desc)
    vim.keymap.set('n', key, action, { buffer = bufnr, nowait = true, desc = desc })
  end
  local keys = options.current.keys
  map(keys.jump, jump, 'Go to the place under the cursor, else to the root cause')
  map(keys.preview, function()
    local index = chosen_fix()
    if index then
      fixes.preview(assert(shown), index, function()
        apply(index)
      end, keys)
    end
  end, 'Preview the fix under the cursor, else the first')
  map(keys.apply, function()
    local index = chosen_fix()
    if index then
      apply(index)
    end
  end, 'Apply the fix under the cursor, else the first')
  map(keys.ask, function()
    ask.about(shown)
  end, 'Ask about this diagnosis')
  map(keys.rerun, rerun, 'Save what the fix changed and run the command again')
  map(keys.try, try_fixes, 'Try fixes with the command that is shown, in a copy of the project')
  for _, verdict in ipairs({ 'good', 'bad' }) do
    map(keys[verdict], function()
      judge(verdict)
    end, ('Say that the fix under the cursor, else the diagnosis, is %s'):format(verdict))
  end
  map(keys.close, '<Cmd>close<CR>', 'Close this window')
  return bufnr
end

local function stop_listening()
  if progress_listener then
    vim.api.nvim_del_autocmd(progress_listener)
    progress_listener = nil
  end
end

--- Show that a diagnosis is being made, and how far it is.
---@param client vim.lsp.Client
---@param enter boolean
function M.wait(client, enter)
  stop_listening()
  local bufnr = buffer()
  shown, targets = nil, {}
  local hint = ':QwenCancel stops it'
  window.set_lines(bufnr, { '# Diagnosing', '', 'reading the log', '', hint })
  window.show(bufnr, enter)
  progress_listener = vim.api.nvim_create_autocmd('LspProgress', {
    desc = 'qwen-lsp: stages of the diagnosis in the result window',
    callback = function(event)
      local value = event.data.params.value
      if event.data.client_id == client.id and type(value) == 'table' and value.message then
        window.set_lines(bufnr, { '# Diagnosing', '', value.message, '', hint })
      end
    end,
  })
end

--- Show a report.
---@param diagnosed qwen_lsp.Shown
function M.show(diagnosed)
  stop_listening()
  ask.start_anew()
  shown = diagnosed
  local bufnr = buffer()
  local lines
  lines, targets = report_of.render(diagnosed.report, diagnosed.failure.command ~= nil)
  window.set_lines(bufnr, lines)
  window.fit(bufnr)
end

--- Close the window of a diagnosis that came to nothing; the user has been told why.
function M.give_up()
  stop_listening()
  local open = vim.fn.bufwinid(buffer())
  if open ~= -1 then
    vim.api.nvim_win_close(open, true)
  end
end

--- Open the window again and go there.
function M.open()
  if not shown then
    client_of.notify('nothing has been diagnosed yet')
    return
  end
  window.show(buffer(), true)
end

--- Return what is shown, if anything.
---@return qwen_lsp.Shown?
function M.shown()
  return shown
end

return M
