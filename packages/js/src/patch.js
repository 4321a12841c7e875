// JSON Merge Patch (RFC 7396), for documents as JSON.parse() makes them.

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The document that a patch makes of another, which stays as it is. What the patch does not change is the same object
 * as before. Names are nothing but names: `__proto__`, too.
 */
export function applyPatch(target, patch) {
    if (!isObject(patch)) return patch;
    const before = isObject(target) ? target : {};
    // No object that is written to: there, an assignment to `__proto__` is none.
    const members = new Map(Object.entries(before));
    let changed = false;
    for (const [name, change] of Object.entries(patch)) {
        if (change === null) {
            changed = members.delete(name) || changed;
            continue;
        }
        const member = applyPatch(members.get(name), change);
        changed ||= member !== members.get(name);
        members.set(name, member);
    }
    return changed ? Object.fromEntries(members) : before;
}
