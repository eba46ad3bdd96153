//! The bodies of the requests beside configureMixer that begin an operation: what is played to whom, and who is muted.
//!
//! Pure data. They are read and checked in `action_rules`. None of them names a participant: the path does.

use serde::Serialize;

/// The body of mute, unmute, stopHoldMusic and cancelMediaProcessing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionRequest {
    /// The client's own text, at most 256 characters, which comes back in the operation and the notification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<String>,
}

/// The body of startHoldMusic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StartHoldMusicRequest {
    /// What the participant hears on hold, over and over; the call's hold music if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_prompt: Option<MediaPrompt>,
    /// The client's own text, at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<String>,
}

/// The body of playPrompt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlayPromptRequest {
    /// What is played, one after the other: 1 to 20 prompts.
    pub prompts: Vec<MediaPrompt>,
    /// Whether they are played again and again, until they are cancelled.
    #[serde(rename = "loop")]
    pub looped: bool,
    /// The client's own text, at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<String>,
}

/// A prompt that is read from a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaPrompt {
    /// Where the audio is.
    pub media_info: MediaInfo,
}

/// Where the audio of a prompt is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaInfo {
    /// The URI of a WAV file, at most 2048 characters.
    pub uri: String,
    /// The client's own key for the audio: the same key stands for the same audio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
}
