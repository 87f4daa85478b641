/**
 * A signal is heard in one environment. Those that a run emits are where it is: the view that writes what a run has decided does not know of it.
 * What the service itself records of runs has the environment in its name.
 */
export const placesOfSignals = `
ALTER TABLE signal ADD COLUMN environment TEXT;
UPDATE signal SET environment = coalesce((SELECT environment FROM run WHERE run.id = run_id), 'production')
WHERE signal NOT GLOB 'headwater/*';

CREATE TRIGGER place_signal AFTER INSERT ON signal WHEN NEW.environment IS NULL AND NEW.signal NOT GLOB 'headwater/*' BEGIN
  UPDATE signal SET environment = (SELECT environment FROM run WHERE run.id = NEW.run_id) WHERE id = NEW.id;
END;
`;
