import { vbaAdmin } from './programs.js';
import { runProgram } from './run-program.js';

await runProgram('vba-admin', vbaAdmin);
