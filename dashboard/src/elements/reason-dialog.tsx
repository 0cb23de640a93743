import { type ReactNode, useState } from 'react';
import { FormDialog } from './form-dialog.tsx';
import { ReasonField } from './reason-field.tsx';

interface Props {
  readonly title: string;
  /** What will happen, to whom. */
  readonly children?: ReactNode;
  /** What the button says: the act itself, never `OK`. */
  readonly act: string;
  readonly isDestructive?: boolean;
  readonly isWide?: boolean;
  /** `required`: an act that always needs a reason, or a protected environment. */
  readonly reason: 'required' | 'optional' | 'none';
  /** Reasons to be tapped. */
  readonly quickReasons?: readonly string[];
  /** Rejects with what went wrong, which is then shown; the dialog stays, with what was typed. */
  readonly onAct: (reason: string | undefined) => Promise<unknown>;
  /** Makes it a change request, where the environment wants somebody else's agreement; needs `project`. */
  readonly onPropose?: (reason: string | undefined) => Promise<{ readonly changeRequest: { readonly id: string } }>;
  /** It is known beforehand that somebody else has to agree. */
  readonly isProposal?: boolean;
  readonly project?: string;
  readonly onClose: () => void;
}

/** Asks before something is done, and for the reason that will stand in the history. */
export function ReasonDialog({ children, reason, quickReasons = [], onAct, onPropose, ...dialog }: Props) {
  const [text, setText] = useState('');
  const [isMissing, setMissing] = useState(false);
  const given = text.trim() === '' ? undefined : text.trim();
  const check = (): boolean => {
    const isThere = reason !== 'required' || given !== undefined;
    setMissing(!isThere);
    return isThere;
  };
  return (
    <FormDialog
      {...dialog}
      check={check}
      onAct={() => onAct(given)}
      {...(onPropose && { onPropose: () => onPropose(given) })}
    >
      {children}
      {reason !== 'none' && (
        <ReasonField
          value={text}
          onChange={(typed) => {
            setText(typed);
            setMissing(false);
          }}
          isRequired={reason === 'required'}
          isMissing={isMissing}
          quick={quickReasons}
        />
      )}
    </FormDialog>
  );
}
