--- `:checkhealth qwen_lsp`: what is needed, what runs, and what to do about what is missing.

local client_of = require('qwen_lsp.client')

local M = {}

local TIMEOUT_MS = 5000

---@param argv string[]
---@return string? output
local function output_of(argv)
  local started, process = pcall(vim.system, argv, { text = true, timeout = TIMEOUT_MS })
  if not started then
    return nil
  end
  local done = process:wait()
  return done.code == 0 and vim.trim(done.stdout) or nil
end

local function check_editor()
  vim.health.start('qwen-lsp: editor')
  if vim.fn.has('nvim-0.11') == 1 then
    vim.health.ok('Neovim ' .. tostring(vim.version()))
  else
    vim.health.error('Neovim is older than 0.11', 'upgrade Neovim')
  end
end

local function check_server()
  vim.health.start('qwen-lsp: server')
  local config = vim.lsp.config[client_of.NAME]
  if not config then
    vim.health.error('lsp/qwen_lsp.lua is not on the runtimepath', 'see :help qwen-lsp-install')
    return
  end
  if type(config.cmd) == 'table' then
    local program = config.cmd[1]
    if vim.fn.executable(program) == 0 then
      vim.health.error(('%s cannot be run'):format(program), {
        "install it: 'pipx install qwen-lsp'",
        "or set it: vim.lsp.config('qwen_lsp', { cmd = { '/path/qwen-lsp', '--stdio' } })",
      })
      return
    end
    local version = output_of({ program, '--version' })
    if version then
      vim.health.ok(('%s: %s'):format(vim.fn.exepath(program), version))
    else
      vim.health.warn(('%s --version fails'):format(program), 'run it in a terminal to see why')
    end
  end
end

---@param client vim.lsp.Client
local function check_backend(client)
  local answer, why = client:request_sync('qwen/backendState', vim.empty_dict(), TIMEOUT_MS)
  if not answer or answer.err then
    local reason = answer and answer.err.message or why
    vim.health.warn(('the server does not tell the backend: %s'):format(reason), 'upgrade qwen-lsp')
    return
  end
  local state = answer.result
  local name = type(state.model) == 'string' and ' ' .. state.model or ''
  if state.state == 'failed' then
    vim.health.error(('backend failed: %s'):format(state.reason), state.remedy)
  else
    vim.health.ok(('backend %s%s %s'):format(state.state, name, state.detail or ''))
  end
end

local function check_clients()
  vim.health.start('qwen-lsp: running')
  local clients = vim.lsp.get_clients({ name = client_of.NAME })
  if #clients == 0 then
    vim.health.info(
      "no server runs; one starts with a file of its kinds after vim.lsp.enable('qwen_lsp'), or with a command"
    )
  end
  for _, client in ipairs(clients) do
    local version = client.server_info and client.server_info.version or ''
    local root = client.root_dir or 'no root folder'
    local buffers = vim.tbl_count(client.attached_buffers)
    vim.health.ok(('server %s for %s, %d buffers'):format(version, root, buffers))
    check_backend(client)
  end
end

function M.check()
  check_editor()
  check_server()
  check_clients()
end

return M
