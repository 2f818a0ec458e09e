import * as vscode from 'vscode';

export const SECTION = 'qwenLsp';

/** The settings that this extension itself obeys; those of the server are in `serverOptions`. */
export interface Settings {
  readonly serverEnabled: boolean;
  readonly serverPath: string;
  readonly showsDiagnostics: boolean;
  readonly showsQuickFixes: boolean;
  readonly showsHover: boolean;
  readonly opensPanel: boolean;
  readonly showsStatusItem: boolean;
  readonly watchesTerminals: boolean;
  readonly terminalOffer: 'off' | 'statusItem' | 'notification';
  readonly debuggerOffer: boolean;
}

/** Return the present settings. */
export function readSettings(): Settings {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const isOn = (name: string): boolean => settings.get<boolean>(name) ?? true;
  return {
    serverEnabled: isOn('server.enabled'),
    serverPath: (settings.get<string>('server.path') ?? '').trim(),
    showsDiagnostics: isOn('diagnostics.enabled'),
    showsQuickFixes: isOn('quickFixes.enabled'),
    showsHover: isOn('hover.enabled'),
    opensPanel: isOn('panel.open'),
    showsStatusItem: isOn('statusItem.enabled'),
    watchesTerminals: isOn('terminal.watch'),
    terminalOffer: settings.get<Settings['terminalOffer']>('terminal.offer') ?? 'statusItem',
    debuggerOffer: isOn('debugger.offer'),
  };
}

type Options = Record<string, unknown>;

/** What the server is started with: `initializationOptions`, and the key, which a trace of the messages must not show. */
export interface ServerOptions {
  readonly options: Options;
  readonly apiKey: string | undefined;
}

const API_KEY = 'backend.apiKey';

/**
 * Return the server's own settings, as `{backend: {timeoutS: 120}, language: "auto"}`.
 *
 * `names` are their full names, which package.json lists; unset ones are left out.
 */
export function serverOptions(names: readonly string[]): ServerOptions {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const options: Options = {};
  let apiKey: string | undefined;
  for (const full of names) {
    const name = full.slice(SECTION.length + 1);
    const value = settings.get<unknown>(name);
    if (value === null || value === undefined || value === '') {
      continue;
    }
    if (name === API_KEY) {
      apiKey = typeof value === 'string' ? value : undefined;
      continue;
    }
    const [area, option] = name.split('.', 2);
    if (area === undefined) {
      continue;
    }
    if (option === undefined) {
      options[area] = value;
    } else {
      options[area] = { ...(options[area] as Options | undefined), [option]: value };
    }
  }
  return { options, apiKey };
}
