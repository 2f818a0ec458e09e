import { homedir, release } from 'node:os';
import * as vscode from 'vscode';
import type { Server } from '../server/server';
import { SECTION } from '../settings';
import type { Launcher } from '../status/launcher';

/** Open a report about the installation for the user to read and to send where they like; it holds no code and no logs. */
export async function collectDiagnostics(context: vscode.ExtensionContext, server: Server, launcher: Launcher): Promise<void> {
  const manifest = context.extension.packageJSON as { readonly version: string };
  const sections: [string, string][] = [
    ['Versions', [
      `extension ${manifest.version}`,
      `VS Code ${vscode.version} (${vscode.env.appName}, ${vscode.env.remoteName ?? 'local'})`,
      `${process.platform} ${release()} ${process.arch}, Node.js ${process.versions.node}`,
      `server ${server.capabilities?.serverInfo?.version ?? 'not running'}`,
    ].join('\n')],
    ['Server', JSON.stringify({ found: server.found, condition: server.condition, trusted: vscode.workspace.isTrusted }, null, 2)],
    ['Settings that differ from the defaults', JSON.stringify(changedSettings(settingNames(context)), null, 2)],
    ['Doctor', (await launcher.output('doctor')) ?? 'qwen-launcher was not found'],
  ];
  const content = sections.map(([title, body]) => `## ${title}\n\n\`\`\`\n${body.trim()}\n\`\`\`\n`).join('\n');
  const page = `# Qwen: Diagnostics\n\nRead this before you send it to anybody.\n\n${content}`;
  const document = await vscode.workspace.openTextDocument({ content: withoutHome(page), language: 'markdown' });
  await vscode.window.showTextDocument(document);
}

const SECRET = /key|token|secret|password/i;

/** Return the settings that the user changed; of secrets only that they are set. */
export function changedSettings(names: readonly string[]): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration();
  const changed: Record<string, unknown> = {};
  for (const name of names) {
    const found = settings.inspect<unknown>(name);
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    if (value !== undefined) {
      changed[name] = SECRET.test(name) ? '(set)' : value;
    }
  }
  return changed;
}

/** Return the names of all settings of this extension. */
export function settingNames(context: vscode.ExtensionContext, category?: number): string[] {
  const manifest = context.extension.packageJSON as {
    readonly contributes: { readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[] };
  };
  const categories = manifest.contributes.configuration;
  const chosen = category === undefined ? categories : categories.slice(category, category + 1);
  return chosen.flatMap(({ properties }) => Object.keys(properties)).filter((name) => name.startsWith(`${SECTION}.`));
}

/** User names stay out of reports. */
function withoutHome(text: string): string {
  const home = homedir();
  return home.length > 1 ? text.replaceAll(home, '~') : text;
}
