"""What several processes agree on, and what they refuse; seen from one of them, the others are made up."""

import pytest
import torch
import torch.distributed as dist
from plain_pytorch import drain, experiment, weights

from gradlab.errors import InputError
from gradlab.training import distributed
from gradlab.training.distributed import LOST, DistributedRun, Processes, share
from gradlab.training.events import EpochEnded, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun


@pytest.fixture
def alone(monkeypatch):
    """A group of one process, in this one."""
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "1")
    threads = torch.get_num_threads()
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    yield Processes(lambda: False)
    dist.destroy_process_group()
    torch.set_num_threads(threads)


def of_two(monkeypatch, **of_the_other):
    """Have a second process, which has rank 1 and answers as told."""
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    monkeypatch.setattr(dist, "get_world_size", lambda: 2)
    for name, answer in of_the_other.items():
        monkeypatch.setattr(dist, name, answer)


def mistake(key, experiment):
    with pytest.raises(InputError) as caught:
        DistributedRun(experiment, lambda: False)
    assert caught.value.key == key
    return str(caught.value)


def test_processes_join_in_one_group_and_leave_it_also_after_an_error(monkeypatch):
    made = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(
        dist,
        "init_process_group",
        lambda backend, init=dist.init_process_group: (
            made.append(backend) or init(backend, store=dist.HashStore(), rank=0, world_size=1)
        ),
    )
    with pytest.raises(RuntimeError, match="on purpose"), distributed.joined(lambda: False) as processes:
        assert processes.writes
        assert dist.is_initialized()
        raise RuntimeError("on purpose")
    assert made == ["gloo"]
    assert not dist.is_initialized()


def test_with_graphics_cards_each_process_has_its_own_in_turn(monkeypatch):
    chosen, made = [], []
    monkeypatch.setenv("LOCAL_RANK", "5")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(dist, "init_process_group", made.append)
    monkeypatch.setattr(dist, "destroy_process_group", lambda: made.append("left"))
    monkeypatch.setattr(dist, "get_rank", lambda: 5)
    with distributed.joined(lambda: False) as processes:
        assert not processes.writes
    assert (chosen, made) == ([1], ["cpu:gloo,cuda:nccl", "left"])


def test_the_batch_of_a_run_is_that_of_all_processes(monkeypatch, alone):
    of_two(monkeypatch)
    run = alone.begin(experiment(training={"batch_size": 24, "device": "cpu"}))
    assert run.experiment.training.batch_size == 48
    assert alone.go_on(run.experiment).experiment.training.batch_size == 48  # it was written down as that


def test_an_error_of_what_one_process_does_for_all_is_raised(alone):
    done = []
    alone.once(lambda: done.append("work"))
    assert done == ["work"]

    def fails():
        raise InputError("no room")

    with pytest.raises(InputError, match="no room"):
        alone.once(fails)


def test_a_process_that_does_not_write_waits_and_hears_of_the_error(alone, monkeypatch):
    def told(errors):
        errors[0] = InputError("no room there")

    alone.writes = False
    alone.once(lambda: pytest.fail("another one does it"))
    monkeypatch.setattr(dist, "broadcast_object_list", told)
    with pytest.raises(InputError, match="no room there"):
        alone.once(lambda: pytest.fail("another one does it"))


def test_one_process_makes_the_same_run_as_training_alone(alone):
    spec = experiment(
        data={"source": "digits", "train_rows": 97},
        gradients={"accumulate": 3, "tail": "carry"},
        model={"hidden": [8], "batch_norm": True},
        training={"epochs": 2, "batch_size": 19, "device": "cpu"},
    )
    run, plain = alone.begin(spec), TrainingRun(spec)
    losses, expected = (
        [event for event in train(each) if isinstance(event, Updated)] for each in (run, plain)
    )
    assert [each.update for each in losses] == [each.update for each in expected]
    assert [each.loss for each in losses] == pytest.approx([each.loss for each in expected], rel=1e-5)
    torch.testing.assert_close(weights(run.model), weights(plain.model))


def test_all_stop_where_one_wants_to(monkeypatch, alone):
    def with_another_that_stops(message):
        message[-1] += 1

    run = alone.begin(experiment())
    assert not alone.stopped()
    events = train(run)
    next(event for event in events if isinstance(event, Updated))
    assert not alone.stopped()
    monkeypatch.setattr(dist, "all_reduce", with_another_that_stops)
    next(event for event in events if isinstance(event, Updated))
    assert alone.stopped()


def test_what_blew_up_in_another_process_ends_this_one_with_the_others_words(monkeypatch, alone):
    def with_another_that_failed(message):
        message[-2] += 1

    def causes(found, own):
        assert own == ""
        found[:] = ["", "the loss became nan over there"]

    run = alone.begin(experiment())
    of_two(monkeypatch, all_reduce=with_another_that_failed, all_gather_object=causes)
    *_, ending = train(run)
    assert (ending.reason, ending.cause) == ("diverged", "the loss became nan over there")


def test_a_process_that_is_gone_is_told_in_one_sentence(monkeypatch, alone):
    def lost(_):
        raise RuntimeError("[gloo/transport/tcp/pair.cc:534] Connection closed by peer [127.0.0.1]:2718")

    run = alone.begin(experiment())
    monkeypatch.setattr(dist, "all_reduce", lost)
    with pytest.raises(InputError, match=f"^{LOST}$"):
        drain(run)


def test_running_means_are_those_of_all_processes(monkeypatch, alone):
    run = alone.begin(experiment(model={"hidden": [8], "batch_norm": True}, training={"batch_size": 512}))
    events = train(run)
    count = -(-len(run.rows) // 512)
    for _ in range(count):
        next(event for event in events if isinstance(event, Updated))
    before = {name: value.clone() for name, value in run.model.named_buffers()}
    run.size = 2
    monkeypatch.setattr(dist, "all_reduce", lambda tensor: tensor.add_(3.0))  # the other one's
    assert isinstance(next(events), EpochEnded)
    for name, value in run.model.named_buffers():
        expected = (before[name] + 3) / 2 if value.is_floating_point() else before[name]
        torch.testing.assert_close(value, expected)


# --- what is refused ---


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_batch_normalization_is_refused_where_a_process_would_get_a_single_row_or_none(
    monkeypatch, alone, processes
):
    of_two(monkeypatch, get_world_size=lambda: processes)
    rows = 97
    for size in range(1, rows + 2):
        batches = [min(size, rows - start) for start in range(0, rows, size)]
        shares = [len(share(batch, rank, processes)) for batch in batches for rank in range(processes)]
        spec = experiment(
            data={"source": "digits", "train_rows": rows},
            model={"hidden": [4], "batch_norm": True},
            training={"batch_size": size, "device": "cpu"},
        )
        if min(shares) < 2:
            assert "batch normalization needs two or more" in mistake("training.batch_size", spec)
        else:
            DistributedRun(spec, lambda: False)


@pytest.fixture
def on(monkeypatch):
    """Return a function after which runs say that they train on a device of this kind."""
    build = TrainingRun.__init__

    def on(kind):
        def built(run, spec):
            build(run, spec)
            run.network.device = torch.device(kind)

        monkeypatch.setattr(TrainingRun, "__init__", built)

    return on


def test_several_processes_train_on_processors_and_cuda_alone(alone, on):
    on("mps")
    assert mistake("training.device", experiment()).startswith("training.device = mps: ")


@pytest.fixture
def threads(monkeypatch):
    """The numbers of threads that are set on a machine with ten."""
    threads = []
    with monkeypatch.context() as patch:
        patch.setattr(torch, "get_num_threads", lambda: 10)
        patch.setattr(torch, "set_num_threads", threads.append)
        yield threads


def test_each_process_needs_a_cuda_device_of_its_own(monkeypatch, alone, on, threads):
    on("cuda")
    of_two(monkeypatch)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    told = mistake("training.device", experiment())
    assert "2 processes on this machine, but it has 1 CUDA devices" in told
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    del threads[:]
    DistributedRun(experiment(), lambda: False)
    assert threads == [1]  # as for any small network: the processor has little to do


def test_processes_share_the_cores_of_a_machine(monkeypatch, alone, threads):
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    DistributedRun(experiment(), lambda: False)
    assert threads == [1, 2]
