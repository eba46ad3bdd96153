//! From the options to the exit: starts the call and the server, waits for a signal, and stops
//! everything in order.

use std::{
    fs,
    io::{self, IsTerminal},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    process,
    sync::Arc,
    time::Duration,
};

use axum::http::Uri;
use axum_server::Handle;
use mixminus::http::{
    CallOptions, Callback, HttpsPrompts, PromptOptions, Removal, Service, ServiceOptions, ShutdownReport,
};
use tracing_subscriber::EnvFilter;
use url::Url;
use uuid::Uuid;

use crate::{
    access::{self, Access},
    announce::Announcement,
    cast,
    cli::Options,
    cluster::Cluster,
    error::Error,
    live::Live,
    music,
    room::{Record, Room},
    routes::Routes,
    server,
    signals::Signals,
    web::{self, Door, Metrics, OwnName, Sockets, States, Web, Work},
};

/// How long operations and notifications may take to finish when the server stops.
const LAST_OPERATIONS: Duration = Duration::from_secs(5);
/// How long WebSockets may take to close after that.
const LAST_SOCKETS: Duration = Duration::from_secs(2);
/// How long requests may take to finish after that.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// Runs the program.
pub fn run(options: Options) -> Result<(), Error> {
    log(&options.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Thread)?;
    let done = runtime.block_on(serve(options));
    runtime.shutdown_background();
    done
}

fn log(filter: &str) -> Result<(), Error> {
    let filter = EnvFilter::try_new(filter).map_err(|cause| Error::Usage(format!("--log {filter:?}: {cause}")))?;
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(io::stderr).init();
    Ok(())
}

async fn serve(options: Options) -> Result<(), Error> {
    let node = options.cluster.node_options();
    let members = cast::of(&options, node.as_ref().map(|node| &node.name))?;
    let participants: Vec<String> = members.iter().map(|member| member.id.clone()).collect();
    let tls = match (&options.tls_cert, &options.tls_key) {
        (Some(cert), Some(key)) => Some(server::tls(cert, key).await?),
        _ => None,
    };
    let mut signals = Signals::new().map_err(Error::Thread)?;
    let (listener, bound) = server::listen(options.listen)?;
    let url = public_url(&options, bound);
    let access = access::of(&options).await?;
    let token = access.token.clone();

    let (most_people, loudest) = (options.max_people.into(), options.loudest.map(usize::from));
    let record = options.record.clone().map(|directory| Record { directory, multichannel: options.multichannel });
    let (mut room, relay) = Room::start(members, Routes::of(&options)?, most_people, loudest, record, node)?;
    let live = Live::start(&options, Arc::clone(&room.entrance), relay)?;
    let start = |node| Cluster::start(&options, node, room.controller.clone(), &live.people);
    let cluster = room.node.take().map(start).transpose()?;
    let web = open(&options, &room, &live, access)?;
    let handle = Handle::new();
    let (routes, connections) = (web::router(Arc::clone(&web)), options.max_connections.into());
    let mut server = tokio::spawn(server::serve(listener, connections, tls, routes, handle.clone()));
    let url = url.as_str().trim_end_matches('/');
    let (call, tls_cert) = (&web.call, options.tls_cert.as_deref());
    Announcement {
        url,
        token: token.as_deref(),
        signed: options.jwks.is_some(),
        call,
        participants: &participants,
        tls_cert,
    }
    .print(options.json);

    let early = tokio::select! {
        ended = &mut server => Some(ended),
        () = signals.next() => None,
    };
    eprintln!("call_server: stopping; once more stops at once");
    tokio::spawn(async move {
        signals.next().await;
        process::exit(1);
    });
    tell(&web.service.shutdown(LAST_OPERATIONS).await);
    web.sockets.close(LAST_SOCKETS).await;
    handle.graceful_shutdown(Some(LAST_REQUESTS));
    let served = match early {
        Some(ended) => ended,
        None => server.await,
    };
    let stopped = tokio::task::spawn_blocking(|| {
        let gone = live.stop();
        let parted = cluster.map_or(Ok(()), Cluster::stop);
        room.stop().and(gone).and(parted)
    })
    .await
    .map_err(|_| Error::Panicked("stopping"))?;
    served.map_err(|_| Error::Panicked("server"))?.map_err(Error::Serve)?;
    stopped
}

/// The URL for clients: the one of the options, or the address that the server listens on.
fn public_url(options: &Options, bound: SocketAddr) -> Url {
    let mut address = bound;
    // A browser cannot open the unspecified address.
    if bound.ip().is_unspecified() {
        address.set_ip(if bound.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    let own = format!("{}://{address}/", options.scheme());
    options.public_url.clone().unwrap_or_else(|| own.parse().expect("an address makes a URL"))
}

/// Makes the service with its one call, and the state of the routes.
fn open(options: &Options, room: &Room, live: &Live, access: Access) -> Result<Arc<Web>, Error> {
    let Access { authorizer, signed, .. } = access;
    // Without a public URL, the service takes its own address from the clients' requests.
    let public_url = options.public_url.as_ref().map(|url| url.as_str().parse::<Uri>()).transpose();
    let service_options = ServiceOptions {
        public_url: public_url.map_err(|error| Error::Usage(format!("--public-url: {error}")))?,
        https: options.tls_cert.is_some(),
        ..ServiceOptions::default()
    };
    let permissions = service_options.permissions.clone();
    let service = Service::new(service_options, Arc::clone(&authorizer))?;
    let of_cluster = || options.cluster.cluster.as_ref().map(|name| name.as_str().to_owned());
    let call = options.call.clone().or_else(of_cluster).unwrap_or_else(|| Uuid::new_v4().to_string());
    let callback = options.callback.as_ref().zip(options.callback_token.as_ref());
    let callback = callback.map(|(url, token)| Callback::new(url.as_str(), token)).transpose()?;
    let call_options = CallOptions {
        callback,
        hold_music: Some(music::clip()),
        prompts: Arc::new(prompts(options)?),
        cluster: room.entrance.conference().cloned(),
        removal: Some(Arc::clone(&live.people) as Arc<dyn Removal>),
        ..CallOptions::new(room.controller.clone())
    };
    service.add_call(&call, call_options)?;
    Ok(Arc::new(Web {
        states: States::begin(
            call.clone(),
            room.controller.clone(),
            room.entrance.conference().cloned(),
            Arc::clone(&room.ticker),
            Arc::clone(&live.people),
        ),
        call,
        service,
        door: Door { authorizer, permissions },
        signed,
        controller: room.controller.clone(),
        conference: room.entrance.conference().cloned(),
        ticker: Arc::clone(&room.ticker),
        recorded: Arc::clone(&room.recorded),
        ears: Arc::clone(&room.ears),
        people: Arc::clone(&live.people),
        webrtc: Arc::clone(&live.webrtc),
        rtp: Arc::clone(&live.rtp),
        outgoing: live.outgoing.clone(),
        hearing: live.hearing.clone(),
        encoding: Arc::clone(&live.encoding),
        sockets: Sockets::new(options.max_sockets.into()),
        metrics: Metrics::new(),
        work: Work::default(),
        own_name: own_name(options),
    }))
}

/// What fetches prompts.
fn prompts(options: &Options) -> Result<HttpsPrompts, Error> {
    let read =
        |path: &PathBuf| fs::read_to_string(path).map_err(|cause| Error::Unreadable { path: path.clone(), cause });
    let authorities = options.prompts_authorities.iter().map(read).collect::<Result<_, _>>()?;
    let allowed = options.prompts_from.clone();
    HttpsPrompts::new(PromptOptions { allowed, authorities, ..PromptOptions::default() }).map_err(Error::Prompts)
}

fn own_name(options: &Options) -> OwnName {
    let name = options.public_url.as_ref().and_then(|url| url.host_str()).map(str::to_owned);
    if options.anonymous { OwnName::Only(name) } else { OwnName::Any }
}

/// Writes what a shutdown left unfinished to standard error.
fn tell(report: &ShutdownReport) {
    if report.failed_operations > 0 {
        eprintln!("call_server: {} operations ran still, and have failed", report.failed_operations);
    }
    for (call, delivery) in &report.undelivered {
        let error = delivery.last_error.as_deref().unwrap_or("there was no time for it");
        eprintln!("call_server: not told of operation {} of call {call}: {error}", delivery.operation);
    }
}
