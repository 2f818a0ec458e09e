--- The report of a diagnosis as text, and what each of its lines stands for.

local options = require('qwen_lsp.options')

local M = {}

---@class qwen_lsp.Place
---@field path string Absolute.
---@field range lsp.Range In the encoding of the server that reported it.

---@class qwen_lsp.Target What a line stands for.
---@field place qwen_lsp.Place?
---@field fix integer? 1-based index into the report's fixes.

---@param place qwen_lsp.Place
---@return string
local function words_for(place)
  return ('%s:%d'):format(vim.fn.fnamemodify(place.path, ':~:.'), place.range.start.line + 1)
end

--- Return the diagnostic that a report is about: the root cause, else the crash site, else none.
---@param report table
---@return table?
function M.main(report)
  for _, diagnostic in ipairs(report.diagnostics) do
    if diagnostic.code == 'root-cause' then
      return diagnostic
    end
  end
  return report.diagnostics[1]
end

---@param report table
---@return table?
local function primary(report)
  for _, one in ipairs(report.failures) do
    if one.primary then
      return one
    end
  end
  return report.failures[1]
end

---@param failure table?
---@return string
local function heading(failure)
  if not failure then
    return 'No failure was found in the text'
  end
  local message = vim.split(failure.message or '', '\n')[1]
  local kind = failure.exception_type or ''
  return kind ~= '' and message ~= '' and ('%s: %s'):format(kind, message) or kind .. message
end

--- Return the lines for people, and the target of each line that has one (by 1-based line number).
---@param report table What `qwen/diagnose` answered.
---@param rerun boolean Whether there is a command to run again.
---@return string[] lines
---@return table<integer, qwen_lsp.Target> targets
function M.render(report, rerun)
  local lines = {} ---@type string[]
  local targets = {} ---@type table<integer, qwen_lsp.Target>
  local function add(text, target)
    for _, line in ipairs(vim.split(text, '\n')) do
      lines[#lines + 1] = line
      targets[#lines] = target
    end
  end
  local function section(title)
    add('')
    add('## ' .. title)
    add('')
  end

  local failure = primary(report)
  add('# ' .. heading(failure))
  local explanation = failure and failure.explanation
  if type(explanation) == 'table' then
    add('')
    add(explanation.text)
    if type(explanation.command) == 'string' then
      add('')
      add('    ' .. explanation.command)
    end
  end
  local main = M.main(report)
  for _, diagnostic in ipairs(report.diagnostics) do
    section(diagnostic.code == 'root-cause' and 'Root cause' or 'Crash site')
    add(words_for(diagnostic), { place = diagnostic })
    add(diagnostic.message, { place = diagnostic })
  end
  if main and #main.related > 0 then
    section('Related places')
    for _, one in ipairs(main.related) do
      add(('- %s %s'):format(words_for(one), one.message), { place = one })
    end
  end
  if #report.fixes > 0 then
    section('Fixes')
    for index, fix in ipairs(report.fixes) do
      add(('%d. %s'):format(index, fix.title), { fix = index })
    end
  end
  if type(report.can_try) == 'string' then
    add('')
    -- In full: pressing the key is the consent to run it.
    add(('`%s` tries fixes by running `%s` in a copy of the project'):format(options.current.keys.try, report.can_try))
  end
  if #report.problems > 0 then
    section('Problems')
    for _, problem in ipairs(report.problems) do
      add('- ' .. problem)
    end
  end
  local keys = options.current.keys
  local hints = { keys.jump .. ' jump' }
  if #report.fixes > 0 then
    vim.list_extend(hints, { keys.preview .. ' preview', keys.apply .. ' apply' })
  end
  hints[#hints + 1] = keys.ask .. ' ask'
  if rerun then
    hints[#hints + 1] = keys.rerun .. ' run again'
  end
  hints[#hints + 1] = ('%s/%s good/bad'):format(keys.good, keys.bad)
  hints[#hints + 1] = keys.close .. ' close'
  add('')
  add('`' .. table.concat(hints, ' · ') .. '`')
  return lines, targets
end

return M
