/** The name under which everything is counted that finds no line of its own: each list of names that others send is bounded. */
export const OTHER = '(other)';
