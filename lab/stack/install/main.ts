import { exitCode, messageOf, StartError } from '../../../service/errors.js';
import {
  browserNeed,
  firefoxNeed,
  installPackages,
  prometheusNeed,
  shellNeed,
  stackNeeds,
  unitsNeed,
} from './debian-packages.js';
import { kafkaJars } from './kafka-jars.js';
import { installPublishedClients } from './published-clients.js';
import { schemathesis } from './schemathesis.js';

/** Installs what the stack (and, with `--tests`, the test run) needs and the machine lacks. */
const say = (line: string): void => console.error(line);
try {
  const isForTests = process.argv.includes('--tests');
  const needs = isForTests
    ? [...stackNeeds, browserNeed, firefoxNeed, unitsNeed, shellNeed]
    : stackNeeds;
  await installPackages(needs, say);
  await kafkaJars(say);
  if (isForTests) {
    await installPublishedClients(say);
    await schemathesis(say);
    await installPrometheus();
  }
} catch (error) {
  say(messageOf(error));
  process.exitCode = error instanceof StartError ? error.exitCode : exitCode.internal;
}

/** All else can be tested without it: who lacks it is told what is not. */
async function installPrometheus(): Promise<void> {
  try {
    await installPackages([prometheusNeed], say);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    say(`the alert rules are not tested: ${error.message}`);
  }
}
