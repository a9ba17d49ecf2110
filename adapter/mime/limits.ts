// The limits of row 110 that do not depend on the installation.

/** At most 1000 parts, 32 kB of header per part (row 110). Sizes of bodies are configured. */
export const MIME_LIMITS = { maxParts: 1000, maxHeaderBytes: 32 * 1024 } as const;
