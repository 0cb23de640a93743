import { PasswordInput, Text } from '@mantine/core';
import { useState } from 'react';
import { signInWords } from '../../access/sign-in-words.ts';
import { ServerError } from '../../api/request.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';

interface Props {
  readonly title: string;
  readonly act: string;
  readonly isDestructive?: boolean;
  /** What will happen. */
  readonly children: string;
  readonly onAct: (password: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks for the password again: a stranger at an open page must not be able to take the account over. */
export function PasswordDialog({ title, act, isDestructive = false, children, onAct, onClose }: Props) {
  const [password, setPassword] = useState('');
  const [isTried, setTried] = useState(false);
  const send = async (): Promise<void> => {
    await onAct(password).catch((error: unknown) => {
      const words = signInWords(error);
      if (!words || !(error instanceof ServerError)) throw error;
      throw new ServerError(error.status, { code: error.code, message: words.title, fix: words.fix });
    });
  };
  return (
    <FormDialog
      title={title}
      act={act}
      isDestructive={isDestructive}
      check={() => {
        setTried(true);
        return password !== '';
      }}
      onAct={send}
      onClose={onClose}
    >
      <Text size="sm">{children}</Text>
      <PasswordInput
        data-autofocus
        label="Your password"
        autoComplete="current-password"
        required
        value={password}
        error={isTried && password === '' ? 'It is needed.' : null}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
      />
    </FormDialog>
  );
}
