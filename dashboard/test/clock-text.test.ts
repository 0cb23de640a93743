import { describe, expect, it } from 'vitest';
import { clockText } from '../src/sentences/clock-text.ts';

const at = (year: number, month: number, day: number, hour = 9, minute = 14) =>
  new Date(year, month - 1, day, hour, minute).getTime();
const NOW = at(2026, 11, 30, 14, 32);
const has = (text: string, ...parts: readonly RegExp[]) => parts.map((part) => part.test(text));

describe('A time by calendar and clock', () => {
  it('is the time alone today, with the day in this year, and with the year before', () => {
    const [clock, november, year] = [/0?9.14/, /Nov/, /202\d/];
    expect(has(clockText(at(2026, 11, 30), NOW), clock, november, year)).toEqual([true, false, false]);
    expect(has(clockText(at(2026, 11, 27), NOW), clock, november, year)).toEqual([true, true, false]);
    expect(has(clockText(at(2025, 11, 27), NOW), clock, november, year)).toEqual([true, true, true]);
  });

  it('is the day alone in a column, but for today', () => {
    expect(has(clockText(at(2026, 11, 30), NOW, true), /9.14/)).toEqual([true]);
    expect(has(clockText(at(2026, 11, 27), NOW, true), /9.14/, /27/)).toEqual([false, true]);
  });

  it('is of what is to come as well', () => {
    expect(has(clockText(at(2026, 12, 1), NOW), /9.14/, /Dec/)).toEqual([true, true]);
  });
});
