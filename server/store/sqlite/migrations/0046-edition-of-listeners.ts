/** How often something else was deployed: signals are matched with listeners of now alone. */
export const editionOfListeners = `
ALTER TABLE signal_cursor ADD COLUMN listener_edition INTEGER NOT NULL DEFAULT 0;
`;
