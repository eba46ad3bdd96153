//! Each protocol, in every order. One of them: `cargo test -p mixminus-model-tests --test protocols NAME`. With more
//! preemptions than each check has by itself, and with faults that they must find: `.ci/model`.

use mixminus_model_tests::checks;

macro_rules! check {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                checks::$name();
            }
        )*
    };
}

check! {
    a_mailbox_gives_back_what_was_done
    a_publication_is_whole_and_comes_back
    what_is_reached_is_final
    ticks_before_a_publication_are_counted
    a_timeline_is_whole
    a_loss_is_counted
    what_is_over_was_read
    a_reader_who_goes_is_noticed
    figures_are_whole
    counts_never_go_back
    talk_events_are_told_or_counted
    a_player_misses_nothing
    a_player_frees_nothing
}
