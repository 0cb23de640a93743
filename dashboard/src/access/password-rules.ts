const SHORTEST = 12;
const LONGEST = 128;
const FEWEST_DIFFERENT = 5;

export interface PasswordRule {
  readonly text: string;
  readonly isMet: boolean;
}

/** The server's rules for a new password, each with whether it is met. Length is what counts; nothing about digits. */
export function passwordRules(password: string, email: string): readonly PasswordRule[] {
  const { length } = [...password];
  return [
    {
      text: `${SHORTEST} to ${LONGEST} characters: a few words do well`,
      isMet: length >= SHORTEST && length <= LONGEST,
    },
    { text: 'Not the same few characters again and again', isMet: new Set(password).size >= FEWEST_DIFFERENT },
    { text: 'More than your own address', isMet: length > 0 && !isMostlyAddress(password, email) },
  ];
}

export function isStrong(password: string, email: string): boolean {
  return passwordRules(password, email).every(({ isMet }) => isMet);
}

function isMostlyAddress(password: string, email: string): boolean {
  const address = email.toLowerCase();
  if (address === '') return false;
  const [name = ''] = address.split('@');
  const rest = password.toLowerCase().replaceAll(name.length > 2 ? name : address, '');
  return rest.length < SHORTEST / 2;
}
