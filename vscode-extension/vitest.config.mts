import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], mockReset: true },
  // VS Code gives extensions its API as a module that is on no disk.
  resolve: { alias: { vscode: fileURLToPath(new URL('test/vscode.ts', import.meta.url)) } },
});
