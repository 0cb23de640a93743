const time: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const formats = {
  time: new Intl.DateTimeFormat(undefined, time),
  dayAndTime: new Intl.DateTimeFormat(undefined, { ...day, ...time }),
  day: new Intl.DateTimeFormat(undefined, day),
  whole: new Intl.DateTimeFormat(undefined, { ...day, year: 'numeric', ...time }),
  year: new Intl.DateTimeFormat(undefined, { ...day, year: 'numeric' }),
};

/**
 * When something is by calendar and clock, as far as it is not plain from now: `14:32` of today, `27 Nov, 09:14` of this
 * year, else with the year. In the reader's zone.
 *
 * @param isBrief of other days than today the day alone, for a column
 */
export function clockText(at: number, now: number, isBrief = false): string {
  const [date, today] = [new Date(at), new Date(now)];
  if (date.toDateString() === today.toDateString()) return formats.time.format(date);
  const isOfYear = date.getFullYear() === today.getFullYear();
  if (isBrief) return (isOfYear ? formats.day : formats.year).format(date);
  return (isOfYear ? formats.dayAndTime : formats.whole).format(date);
}
