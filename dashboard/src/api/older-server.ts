/**
 * An answer as a server of before gives it, which leaves some fields out: while servers are replaced one by one, pages of
 * a newer one ask an older one.
 */
export type Older<Answer, Absent extends keyof Answer> = Omit<Answer, Absent> & Partial<Pick<Answer, Absent>>;
