//! Where memory runs out on a thread of the control side, the process ends at once, as any Rust program does: nothing goes on
//! half done. (The audio thread allocates nothing.) The test runs itself again as the process that ends.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    process::Command,
};

use mixminus::{JoinOptions, MixerConfig};

/// The system's allocator, until a thread has used up what it is granted.
struct Granting;

thread_local! {
    /// Bytes that this thread may still have; `None` for as many as it wants.
    static GRANTED: Cell<Option<usize>> = const { Cell::new(None) };
}

// SAFETY: every call is passed on unchanged to the system's allocator, or answered with null, which a caller has to expect.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Granting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let left = GRANTED.try_with(Cell::get).ok().flatten();
        match left.map(|left| left.checked_sub(layout.size())) {
            Some(None) => return std::ptr::null_mut(),
            Some(left) => GRANTED.set(left),
            None => {}
        }
        // SAFETY: the caller keeps the contract of the same function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of the same function.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Granting = Granting;

const CHILD: &str = "MIXMINUS_TEST_GRANTED_BYTES";

#[test]
fn the_process_ends_at_once() {
    if let Ok(granted) = std::env::var(CHILD) {
        let (controller, mut processor) = MixerConfig::default().build().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                loop {
                    processor.enter().tick().mix();
                }
            });
            GRANTED.set(Some(granted.parse().unwrap()));
            for n in 0_u64.. {
                drop(controller.join(n.to_string(), JoinOptions::default()));
            }
        });
    }
    for granted in ["0", "1000", "100000"] {
        let test = std::env::current_exe().unwrap();
        // A core of it does not stay in the repository.
        let run = Command::new(test)
            .current_dir(std::env::temp_dir())
            .arg("the_process_ends_at_once")
            .arg("--nocapture")
            .env(CHILD, granted)
            .output();
        let run = run.unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(!run.status.success() && said.contains("memory allocation of"), "{granted}: {:?} {said}", run.status);
    }
}
