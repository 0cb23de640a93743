/** An answer as a server of before gives it, which leaves some fields out: the command line may be newer than its server. */
export type Older<Answer, Absent extends keyof Answer> = Omit<Answer, Absent> & Partial<Pick<Answer, Absent>>;
