--- Where a log can be taken from: lines, a register, a terminal, the quickfix list.

local M = {}

--- Return lines of a buffer.
---@param bufnr integer
---@param first integer 1-based.
---@param last integer 1-based, inclusive.
---@return string
function M.lines(bufnr, first, last)
  local lines = vim.api.nvim_buf_get_lines(bufnr, first - 1, last, false)
  if vim.bo[bufnr].buftype == 'terminal' then
    lines = M.unwrapped(lines, M.terminal_width(bufnr))
  end
  return table.concat(lines, '\n')
end

---@param name string One character.
---@return string
function M.register(name)
  return vim.fn.getreg(name, 1) --[[@as string]]
end

--- Return how many columns a terminal has, or nil when it is not on screen.
---@param bufnr integer
---@return integer?
function M.terminal_width(bufnr)
  local window = vim.fn.bufwinid(bufnr)
  if window == -1 then
    return nil
  end
  return vim.api.nvim_win_get_width(window) - vim.fn.getwininfo(window)[1].textoff
end

--- Join what a terminal broke because its line was full.
---
--- A terminal's buffer does not tell such a line from one that ended there. Rulers, which test runners draw as wide
--- as the terminal, are no text that goes on.
---@param lines string[]
---@param width integer? Columns of the terminal.
---@return string[]
function M.unwrapped(lines, width)
  local joined = {} ---@type string[]
  local goes_on = false
  for _, line in ipairs(lines) do
    if goes_on then
      joined[#joined] = joined[#joined] .. line
    else
      joined[#joined + 1] = line
    end
    goes_on = width ~= nil and vim.fn.strdisplaywidth(line) >= width and not line:find('([=%-_*~#])%1%1$')
  end
  return joined
end

--- Return where a terminal's shell is by now, or else where it was started.
---@param bufnr integer
---@return string
function M.terminal_cwd(bufnr)
  local pid = vim.b[bufnr].terminal_job_pid
  local link = pid and vim.uv.fs_readlink(('/proc/%d/cwd'):format(pid))
  local started_in = vim.api.nvim_buf_get_name(bufnr):match('^term://(.-)//%d+:')
  return link or (started_in and vim.fs.normalize(started_in)) or vim.fn.getcwd()
end

--- Return a quickfix or location list as the text that it was made from.
---
--- Lines in which 'errorformat' found no place are kept there as they were. The others are written as compilers do,
--- or as a traceback's frame where the text is what remains of one.
---@param items table[] As of `getqflist()`.
---@return string
function M.quickfix(items)
  local lines = {} ---@type string[]
  for _, item in ipairs(items) do
    if item.bufnr == 0 or item.lnum == 0 then
      lines[#lines + 1] = item.text
    else
      local path = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(item.bufnr), ':p')
      local scope = item.text:match('^%s*,?%s*(in [%w_.<>]+)%s*$')
      if scope then
        lines[#lines + 1] = ('  File "%s", line %d, %s'):format(path, item.lnum, scope)
      else
        local column = item.col > 0 and item.col .. ':' or ''
        lines[#lines + 1] = ('%s:%d:%s %s'):format(path, item.lnum, column, vim.trim(item.text))
      end
    end
  end
  return table.concat(lines, '\n')
end

return M
