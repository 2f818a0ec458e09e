import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launcherBeside, locateServer, PROGRAM, ServerPathError } from '../src/server/locate';
import { serverOptions } from '../src/settings';
import { fake } from './vscode';

let folder = '';

beforeEach(async () => {
  fake.reset();
  folder = await mkdtemp(join(tmpdir(), 'qwen-places-'));
  for (const name of ['setting', 'environment', 'path', 'own']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, PROGRAM), '');
    await chmod(join(folder, name, PROGRAM), 0o755);
  }
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name, PROGRAM);

describe('the server', () => {
  test('is the one of the setting, then of the environment, of PATH, and our own', async () => {
    const places = { setting: at('setting'), environments: [join(folder, 'environment')], path: join(folder, 'path'), own: join(folder, 'own') };
    expect(await locateServer(places)).toEqual({ command: at('setting'), foundIn: 'setting' });
    expect(await locateServer({ ...places, setting: '' })).toEqual({ command: at('environment'), foundIn: 'environment' });
    expect(await locateServer({ ...places, setting: '', environments: [] })).toEqual({ command: at('path'), foundIn: 'path' });
    expect(await locateServer({ ...places, setting: '', environments: [], path: '' })).toEqual({ command: at('own'), foundIn: 'installed' });
    expect(await locateServer({ setting: '', environments: [], path: '', own: join(folder, 'nowhere') })).toBeUndefined();
  });

  test.each(['relative/qwen-lsp', '/nowhere/qwen-lsp'])('that the setting names as %s is refused, with what to do', async (setting) => {
    await expect(locateServer({ setting, environments: [], path: '', own: '' })).rejects.toThrow(ServerPathError);
  });

  test('is not taken from a relative folder on PATH, which a workspace could fill', async () => {
    const path = ['.', 'bin', ''].join(delimiter);
    expect(await locateServer({ setting: '', environments: [], path, own: '/nowhere' })).toBeUndefined();
  });

  test('has its launcher beside it', () => {
    expect(launcherBeside('/opt/bin/qwen-lsp')).toBe('/opt/bin/qwen-launcher');
  });

  test('gets its settings as objects in objects, without unset ones, and the key apart from them', () => {
    const names = ['qwenLsp.backend.timeoutS', 'qwenLsp.backend.baseUrl', 'qwenLsp.backend.apiKey', 'qwenLsp.language'];
    fake.settings.set('qwenLsp.backend.timeoutS', 60);
    fake.settings.set('qwenLsp.backend.baseUrl', null);
    fake.settings.set('qwenLsp.backend.apiKey', 'secret');
    fake.settings.set('qwenLsp.language', 'zh-cn');
    expect(serverOptions(names)).toEqual({ options: { backend: { timeoutS: 60 }, language: 'zh-cn' }, apiKey: 'secret' });
  });
});
