import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { isCancelled, messageOf, ServerUnavailableError, type Server } from './server/server';

/** Ask the server for what takes a while; the user sees how far it is and may cancel, which is undefined. */
export async function askWithProgress<Answer>(
  server: Server,
  method: string,
  parameters: object,
  title: string,
  onMessage?: (message: string) => void,
): Promise<Answer | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return await vscode.window.withProgress(options, async (progress, token) => {
    const client = await server.ready();
    const { onWorkDone } = await import('./server/client');
    const workDoneToken = randomUUID();
    const listening = onWorkDone(client, workDoneToken, (message) => {
      progress.report({ message });
      onMessage?.(message);
    });
    try {
      return await client.sendRequest<Answer>(method, { ...parameters, workDoneToken }, token);
    } catch (error) {
      if (token.isCancellationRequested || isCancelled(error)) {
        return undefined;
      }
      throw error;
    } finally {
      listening.dispose();
    }
  });
}

/** Tell the user why there is no answer, with a button for what can be done about it. */
export async function explain(error: unknown, server: Server): Promise<void> {
  if (error instanceof ServerUnavailableError && server.condition.kind === 'missing') {
    const install = vscode.l10n.t('Install');
    const settings = vscode.l10n.t('Open Settings');
    const chosen = await vscode.window.showWarningMessage(error.message, install, settings);
    if (chosen === install) {
      await vscode.commands.executeCommand('qwenLsp.installServer');
    } else if (chosen === settings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'qwenLsp.server');
    }
    return;
  }
  const show = vscode.l10n.t('Show Output');
  if ((await vscode.window.showErrorMessage(messageOf(error), show)) === show) {
    await vscode.commands.executeCommand('qwenLsp.showOutput');
  }
}
