--- What the user set with `require('qwen_lsp').setup()`, checked.

local M = {}

---@class qwen_lsp.Keys
---@field jump string
---@field preview string
---@field apply string
---@field ask string
---@field rerun string
---@field try string
---@field good string
---@field bad string
---@field close string

---@class qwen_lsp.Options
---@field window 'split'|'float' How results are shown.
---@field height integer Lines of a split.
---@field keys qwen_lsp.Keys Mappings in the result window.

---@type qwen_lsp.Options
M.current = {
  window = 'split',
  height = 14,
  keys = {
    jump = '<CR>',
    preview = 'p',
    apply = 'a',
    ask = 'i',
    rerun = 'r',
    try = 't',
    good = '+',
    bad = '-',
    close = 'q',
  },
}

--- Take over `given`.
---
--- Raises an error that names the option when one is unknown or of the wrong type; then none is taken over.
---@param given table?
function M.set(given)
  local merged = vim.tbl_deep_extend('force', M.current, given or {})
  for name in pairs(given or {}) do
    if M.current[name] == nil then
      error(("qwen_lsp: unknown option '%s'; there are: height, keys, window"):format(name), 0)
    end
  end
  vim.validate('window', merged.window, function(value)
    return value == 'split' or value == 'float'
  end, "'split' or 'float'")
  vim.validate('height', merged.height, 'number')
  vim.validate('keys', merged.keys, 'table')
  for name, key in pairs(merged.keys) do
    if M.current.keys[name] == nil then
      error(
        ("qwen_lsp: unknown option 'keys.%s'; there are: %s"):format(
          name,
          table.concat(vim.fn.sort(vim.tbl_keys(M.current.keys)), ', ')
        ),
        0
      )
    end
    vim.validate('keys.' .. name, key, 'string')
  end
  M.current = merged
end

return M
