// What a simulated partner saw and did: the evidence that tests and the demo count from.

export interface SeenMessage {
  readonly at: number;
  readonly kind: string;
  readonly messageId: string;
  readonly refToMessageId: string | undefined;
  readonly conversationId: string;
  readonly action: string;
  /** SHA-256 per payload part. */
  readonly parts: readonly string[];
  /** Verdict on the signature with the CPA's certificate. */
  readonly signature: string;
  /** True when this MessageId was seen before. */
  readonly copy: boolean;
  /** functie and reference of a StUF payload. */
  readonly stuf?: {
    readonly kind: string;
    readonly functie?: string;
    readonly referentienummer: string;
    readonly crossRefnummer?: string;
    readonly code?: string;
    readonly omschrijving?: string;
  };
  readonly errorCodes: readonly string[];
  /** SHA-256 of the SOAP part as it came: acknowledgments repeated byte for byte have the same. */
  readonly envelopeSha256: string;
}

export interface SentMessage {
  readonly at: number;
  readonly messageId: string;
  readonly functie: string | undefined;
  readonly referentienummer: string;
  readonly status: number | undefined;
  readonly problem?: string;
  /** What came back in the response: an error code, Acknowledgment, or nothing. */
  readonly answer?: string;
  /** SHA-256 of a signal in the response. */
  readonly answerSha256?: string;
}

export interface PartnerLog {
  readonly received: readonly SeenMessage[];
  readonly sent: readonly SentMessage[];
  /** Misbehaviour that was carried out. */
  readonly mischief: readonly { readonly at: number; readonly name: string; readonly messageId: string }[];
}
