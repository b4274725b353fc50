import { startBareServer } from './bare-server.js';

/** What a socket costs at the least: a server that reads a frame and writes two of these sizes. */

const [answerBytes = 0, acknowledgedBytes = 0] = process.argv.slice(2).map(Number);
const answer = 'a'.repeat(answerBytes);
const acknowledged = 'a'.repeat(acknowledgedBytes);

startBareServer((socket) => {
  socket.send(answer);
  socket.send(acknowledged);
});
