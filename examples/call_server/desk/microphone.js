// The microphone, and in words why there is none.

const WORDS = {
  NotAllowedError: "The browser may not use the microphone. Allow it, as a rule at the left of the address, and join again.",
  NotFoundError: "No microphone was found.",
  NotReadableError: "The microphone does not work, or another program uses it.",
};

/** Asks for the microphone. `isFiltered` is for loudspeakers and noise; without it the sound is as the microphone has it. */
export async function askForMicrophone(isFiltered) {
  if (!navigator.mediaDevices) throw new Error("Browsers give the microphone only to pages of https or localhost.");
  const audio = { echoCancellation: isFiltered, noiseSuppression: isFiltered, autoGainControl: isFiltered };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw new Error(WORDS[error.name] ?? `The microphone cannot be used: ${error.message}`);
  }
}
