/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/**
 * The document that a JSON Merge Patch (RFC 7396) makes of another, which is not changed. Whatever the patch does not
 * change is the same object as before; where that is all of it, so is the document.
 */
export function applyPatch<T = Json>(target: unknown, patch: unknown): T;
