import * as vscode from 'vscode';
import { Diagnoser } from './diagnose';
import { Feedback } from './feedback';
import { FixError, Fixes } from './fixes/fixes';
import { ReportHover } from './hover';
import { fromClipboard, fromTerminalSelection } from './logs/clipboard';
import { CommandRecorder } from './logs/commands';
import { ExceptionStops } from './logs/debugStops';
import { fromEditorSelection, fromFile } from './logs/files';
import { picked } from './logs/picked';
import { fromTestMessage } from './logs/testMessage';
import { createMiddleware } from './middleware';
import { Offers } from './offers';
import { Outcomes } from './outcome';
import { Conversation } from './panel/conversation';
import { ResultPanel } from './panel/panel';
import { CLEAR_COMMAND } from './protocol';
import { Reviewer } from './review';
import { Installer } from './server/install';
import { messageOf, Server, ServerUnavailableError } from './server/server';
import { readSettings } from './settings';
import { chooseSource } from './sources';
import { StatusItem } from './status/item';
import { Launcher } from './status/launcher';
import { showMenu } from './status/menu';
import { collectDiagnostics, settingNames } from './support/collect';

/** The category of package.json's settings that belong to the server. */
const SERVER_CATEGORY = 1;

/** Put the parts together; the server is started without being waited for. */
export function activate(context: vscode.ExtensionContext): void {
  const channels = {
    output: vscode.window.createOutputChannel('Qwen', { log: true }),
    trace: vscode.window.createOutputChannel('Qwen Trace', { log: true }),
  };
  const installer = new Installer(context.globalStorageUri.fsPath, vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath);
  const server: Server = new Server(installer, settingNames(context, SERVER_CATEGORY), channels, () =>
    createMiddleware(
      (text) =>
        diagnoser.pickAndDiagnose(() => picked({ text, origin: vscode.l10n.t('the selection') }, vscode.l10n.t('The selection is empty.'))),
      (params) => reviewer.review(params),
    ),
  );
  const outcomes = new Outcomes();
  const diagnoser: Diagnoser = new Diagnoser(server, outcomes);
  const reviewer: Reviewer = new Reviewer(server);
  const fixes = new Fixes(outcomes);
  const feedback = new Feedback(server, outcomes, (line) => channels.output.warn(line));
  const conversation = new Conversation(server);
  const panel = new ResultPanel(context.extensionUri, outcomes, fixes, conversation, feedback, diagnoser);
  const commands = new CommandRecorder(() => readSettings().watchesTerminals);
  const stops = new ExceptionStops();
  const offers = new Offers(commands, stops);
  const launcher = new Launcher(() => server.launcher);
  const hover = new ReportHover(outcomes, () => server.capabilities?.capabilities.hoverProvider !== undefined);

  const diagnoseLastCommand = async (): Promise<void> => {
    offers.withdraw();
    await diagnoser.pickAndDiagnose(() => commands.pick(), commands.lastFailed);
  };
  const diagnoseStop = async (): Promise<void> => {
    offers.withdraw();
    await diagnoser.pickAndDiagnose(() => stops.pick());
  };
  const registered: Record<string, (argument: unknown) => unknown> = {
    diagnose: () => chooseSource(commands.lastFailed),
    diagnoseClipboard: () => diagnoser.pickAndDiagnose(fromClipboard),
    diagnoseTerminalSelection: () => diagnoser.pickAndDiagnose(fromTerminalSelection),
    diagnoseLastCommand,
    diagnoseSelection: () => diagnoser.pickAndDiagnose(fromEditorSelection),
    diagnoseFile: (uri) => diagnoser.pickAndDiagnose(() => fromFile(uri instanceof vscode.Uri ? uri : undefined)),
    diagnoseTest: (argument) => diagnoser.pickAndDiagnose(() => fromTestMessage(argument)),
    diagnoseDebugStop: diagnoseStop,
    review: () => reviewer.reviewEditor(),
    showPanel: () => panel.show(),
    previewFix: (fix) => fixes.preview(indexOf(fix) ?? 0),
    applyFix: (fix) => fixes.apply(indexOf(fix)),
    undoFix: (fix) => fixes.undo(indexOf(fix) ?? outcomes.fixStates.indexOf('applied')),
    rerun: () => fixes.rerun(),
    clear: async () => {
      outcomes.show(undefined);
      await server.request('workspace/executeCommand', { command: CLEAR_COMMAND, arguments: [] });
    },
    menu: () => showMenu(server.condition),
    startBackend: () => server.backend('start'),
    stopBackend: () => server.backend('stop'),
    promote: () => server.backend('promote'),
    rollback: () => server.backend('rollback'),
    switchModel: () => launcher.switchModel(),
    showEngineLog: () => launcher.showEngineLog(),
    doctor: () => launcher.showDoctor(),
    showOutput: () => channels.output.show(),
    installServer: () => server.install(),
    restartServer: () => server.restart(),
    collectDiagnostics: () => collectDiagnostics(context, server, launcher),
  };

  context.subscriptions.push(
    ...Object.values(channels),
    server, outcomes, diagnoser, fixes, feedback, conversation, panel, commands, stops, offers,
    new StatusItem(server),
    vscode.languages.registerHoverProvider({ scheme: 'file' }, hover),
    ...Object.entries(registered).map(([name, act]) =>
      vscode.commands.registerCommand(`qwenLsp.${name}`, (argument: unknown) => told(() => act(argument))),
    ),
    server.onDidChange((condition) => {
      const isRunning = condition.kind === 'running';
      const isReady = isRunning && ['ready', 'busy'].includes(condition.backend.state);
      void vscode.commands.executeCommand('setContext', 'qwenLsp.serverRuns', isRunning);
      void vscode.commands.executeCommand('setContext', 'qwenLsp.backendReady', isReady);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const restarting = ['qwenLsp.server', 'qwenLsp.diagnostics', ...settingNames(context, SERVER_CATEGORY)];
      if (restarting.some((name) => event.affectsConfiguration(name))) {
        void server.restart();
      }
    }),
  );
  void server.start();
}

/** Menus hand over the resource that they are on, which says nothing of a fix. */
function indexOf(argument: unknown): number | undefined {
  return typeof argument === 'number' ? argument : undefined;
}

/** Run a command; what the user can do something about is shown as a message. */
async function told(act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof FixError || error instanceof ServerUnavailableError)) {
      throw error;
    }
    await vscode.window.showWarningMessage(messageOf(error));
  }
}
