const { execFile } = require('node:child_process');
const vscode = require('vscode');

exports.activate = (context) => {
  const [folder] = vscode.workspace.workspaceFolders;
  const controller = vscode.tests.createTestController('unittest', 'unittest');
  const item = controller.createTestItem('basket', 'basket', vscode.Uri.joinPath(folder.uri, 'test_basket.py'));
  item.range = new vscode.Range(0, 0, 0, 0);
  controller.items.add(item);
  const runTests = (request) => {
    const run = controller.createTestRun(request);
    run.started(item);
    execFile('python3', ['-B', '-m', 'unittest'], { cwd: folder.uri.fsPath }, (error, _stdout, stderr) => {
      if (error === null) {
        run.passed(item);
      } else {
        const message = new vscode.TestMessage(stderr);
        message.location = new vscode.Location(item.uri, item.range);
        run.failed(item, message);
      }
      run.end();
    });
  };
  controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, runTests, true);
  context.subscriptions.push(controller);
};
