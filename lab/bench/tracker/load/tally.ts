import { percentilesOf, type LoadFigures } from './plan.js';

const failuresMax = 5;

/** What the sockets of a load process have seen since somebody asked last. */
export class Tally {
  sent = 0;
  answered = 0;
  acknowledged = 0;
  #acknowledgements = 0;
  #answerBytes = 0;
  #acknowledgedBytes = 0;
  #failed: string[] = [];
  #answerMs: number[] = [];

  tookAnswer(bytes: number, ms: number): void {
    this.answered += 1;
    this.#answerBytes += bytes;
    this.#answerMs.push(ms);
  }

  tookAcknowledgement(bytes: number, announces: number): void {
    this.acknowledged += announces;
    this.#acknowledgements += 1;
    this.#acknowledgedBytes += bytes;
  }

  failed(reason: string): void {
    if (this.#failed.length < failuresMax) this.#failed.push(reason);
  }

  take(): LoadFigures {
    const figures = {
      sent: this.sent,
      answered: this.answered,
      acknowledged: this.acknowledged,
      failed: this.#failed,
      answerBytes: Math.round(this.#answerBytes / this.answered),
      acknowledgedBytes: Math.round(this.#acknowledgedBytes / this.#acknowledgements),
      answerMs: percentilesOf(this.#answerMs),
    };
    this.sent = this.answered = this.acknowledged = this.#acknowledgements = 0;
    this.#answerBytes = this.#acknowledgedBytes = 0;
    this.#failed = [];
    this.#answerMs = [];
    return figures;
  }
}
