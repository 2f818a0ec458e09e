--- Windows for text that is not a file's: a split below, or a float.

local options = require('qwen_lsp.options')

local M = {}

--- Return the scratch buffer of that name, made when it is missing.
---@param name string Like `qwen://result`.
---@return integer
function M.buffer(name)
  local bufnr = vim.fn.bufnr('^' .. vim.fn.escape(name, '[]*?') .. '$')
  if bufnr == -1 then
    bufnr = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(bufnr, name)
  end
  return bufnr
end

---@param bufnr integer
---@return vim.api.keyset.win_config
local function float_config(bufnr)
  local width = math.min(100, vim.o.columns - 4)
  local height = math.max(1, math.min(vim.api.nvim_buf_line_count(bufnr), math.floor(vim.o.lines * 0.6)))
  return {
    relative = 'editor',
    width = width,
    height = height,
    row = math.floor((vim.o.lines - height) / 2) - 1,
    col = math.floor((vim.o.columns - width) / 2),
    border = 'rounded',
    style = 'minimal',
  }
end

--- Show a buffer, in the window that shows it already or else in a new one, and return the window.
---@param bufnr integer
---@param enter boolean Whether the cursor goes there.
---@param kind 'split'|'float'|nil Default: what the user set.
---@return integer
function M.show(bufnr, enter, kind)
  local window = vim.fn.bufwinid(bufnr)
  if window == -1 then
    if (kind or options.current.window) == 'float' then
      window = vim.api.nvim_open_win(bufnr, enter, float_config(bufnr))
    else
      window = vim.api.nvim_open_win(bufnr, enter, { split = 'below', win = -1, height = options.current.height })
    end
    vim.wo[window][0].wrap = true
    vim.wo[window][0].linebreak = true
    vim.wo[window][0].number = false
    vim.wo[window][0].relativenumber = false
    vim.wo[window][0].signcolumn = 'no'
  elseif enter then
    vim.api.nvim_set_current_win(window)
  end
  return window
end

--- Make the window of a float as high as its text.
---@param bufnr integer
function M.fit(bufnr)
  local window = vim.fn.bufwinid(bufnr)
  if window ~= -1 and vim.api.nvim_win_get_config(window).relative ~= '' then
    vim.api.nvim_win_set_config(window, float_config(bufnr))
  end
end

--- Replace the whole text of a buffer that the user may not edit.
---@param bufnr integer
---@param lines string[]
function M.set_lines(bufnr, lines)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
end

--- Go to a window for files: the one before this, or the first that shows a file, or a new one above.
function M.leave()
  local function holds_file(window)
    return vim.api.nvim_win_is_valid(window)
      and vim.api.nvim_win_get_config(window).relative == ''
      and vim.bo[vim.api.nvim_win_get_buf(window)].buftype == ''
  end
  if holds_file(vim.api.nvim_get_current_win()) then
    return
  end
  local candidates = { vim.fn.win_getid(vim.fn.winnr('#')) }
  vim.list_extend(candidates, vim.api.nvim_tabpage_list_wins(0))
  for _, window in ipairs(candidates) do
    if window ~= 0 and holds_file(window) then
      vim.api.nvim_set_current_win(window)
      return
    end
  end
  vim.cmd('leftabove new')
end

return M
