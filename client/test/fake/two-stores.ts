/** Two stores, and a migration between them at one stage. */
import type { MigrationOptions } from '@dimmer/client';
import type { EvaluationContext, MigrationStage } from '@dimmer/core';
import { type Mock, vi } from 'vitest';
import { migrationFlag, ShadowStage } from './shadow-stage.ts';

export interface Move {
  readonly user: string;
  readonly city: string;
}

type Options = MigrationOptions<string, string | undefined, Move, string>;

export const ANN: EvaluationContext = { targetingKey: 'ann' };

export class TwoStores {
  readonly stage: ShadowStage;
  readonly log: string[] = [];
  readonly stores = { old: new Map([['ann', 'Ulm']]), new: new Map([['ann', 'Ulm']]) };
  readonly onDiverged: Mock = vi.fn();
  readonly options: Options;

  constructor(stage: MigrationStage) {
    this.stage = new ShadowStage({ users: migrationFlag(stage) });
    const [old, renewed] = [this.#side('old'), this.#side('new')];
    this.options = {
      read: { old: old.read, new: renewed.read },
      write: { old: old.write, new: renewed.write },
      defaultStage: 'off',
      onDiverged: this.onDiverged,
    };
  }

  #side(name: 'old' | 'new') {
    return {
      read: async ({ input }: { input: string }) => {
        this.log.push(`read ${name}`);
        return this.stores[name].get(input);
      },
      write: async ({ input }: { input: Move }) => {
        this.log.push(`write ${name}`);
        this.stores[name].set(input.user, input.city);
        return name;
      },
    };
  }

  readonly open = (more: Partial<Options> = {}, context: EvaluationContext | undefined = ANN) =>
    this.stage.flags.migration('users', context, { ...this.options, ...more });

  /** Whose rows were told to be missing on the other side, and why. */
  get told(): string[] {
    return this.onDiverged.mock.calls.map(([{ input, reason }]) => `${input.user} in ${input.city}: ${reason}`);
  }
}

/** A side that does what the test says, when it says so. */
export class Puppet<Input> {
  readonly inputs: Input[] = [];
  readonly signals: AbortSignal[] = [];
  readonly #ends: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  readonly #does: (input: Input) => void;

  constructor(does: (input: Input) => void = () => {}) {
    this.#does = does;
  }

  readonly run = ({ input, signal }: { input: Input; signal: AbortSignal }): Promise<string> => {
    this.inputs.push(input);
    this.signals.push(signal);
    return new Promise((resolve, reject) => {
      this.#ends.push({
        reject,
        resolve: () => {
          this.#does(input);
          resolve('done');
        },
      });
    });
  };

  /** Lets the call with this number, from 0, come to its end. */
  end(call: number): void {
    this.#ends[call]?.resolve();
  }

  fail(call: number, error: unknown = new Error('down')): void {
    this.#ends[call]?.reject(error);
  }
}

export const down = async (): Promise<never> => {
  throw new Error('down');
};
