"""Routine and deferred erasure (Art. 5(1)(e))."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("fulfilment", "0003_notices"),
        ("requests_app", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('controller', models.CharField(max_length=64)),
                ('month', models.DateField(help_text='The first of the month.')),
                ('on', models.DateField(help_text='The day the rules are asked for.')),
                ('policy_digest', models.CharField(max_length=64)),
                ('status', models.CharField(choices=[('planning', 'Looking through the sources'), ('to_approve', 'Waiting for approval'), ('running', 'Being carried out'), ('done', 'Carried out and proved'), ('stopped', 'Stopped by a person'), ('overtaken', "Not finished before the next month's run")], default='planning', max_length=12)),
                ('times', models.PositiveSmallIntegerField(default=1, help_text='How often it was rehearsed.')),
                ('digest', models.CharField(blank=True, help_text='SHA-256 over the plans of all chunks: what is approved.', max_length=64)),
                ('summary', models.JSONField(blank=True, default=list, help_text='[{source, collection, rule, outcome, action, why, count, overdue, oldest, long_held}]')),
                ('proof', models.JSONField(blank=True, default=dict, help_text='{done: {action: n}, left: {why: n}, pages, receipts: SHA-256}')),
                ('overdue', models.PositiveIntegerField(default=0, help_text='Actions whose day was before this run.')),
                ('started_at', models.DateTimeField()),
                ('planned_at', models.DateTimeField(blank=True, null=True)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stopped_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-month', 'controller'],
            },
        ),
        migrations.CreateModel(
            name='RetentionChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('ready', 'Ready'), ('done', 'Done'), ('failed', 'Failed: a person must look')], default='ready', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('token', models.PositiveIntegerField(default=0, help_text='Fencing: a worker writes only under the token it took.')),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('next_try_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, help_text='Code only.', max_length=64)),
                ('result', models.JSONField(blank=True, default=dict, help_text='Counts and digests, never data.')),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('lane', models.CharField(choices=[('start', 'Lay out the pages'), ('people', 'Person by person'), ('rows', 'Row by row'), ('groups', 'By the day of the row'), ('tally', 'Count what was found')], max_length=8)),
                ('source', models.CharField(blank=True, max_length=64)),
                ('collection', models.CharField(blank=True, max_length=64)),
                ('number', models.PositiveIntegerField(default=0)),
                ('after', requests_app.sealed.SealedJSONField(default=None, editable=False, help_text='Key of the row before this page; may be personal.', null=True)),
                ('phase', models.CharField(choices=[('plan', 'Find and decide'), ('check', 'Decide once more'), ('do', 'Carry out and prove'), ('last', 'Once more, after the rows that pointed here have gone')], default='plan', max_length=8)),
                ('digest', models.CharField(blank=True, help_text='Of the plans in the file.', max_length=64)),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.sealedfile')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='fulfilment.retentionrun')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddConstraint(
            model_name='retentionrun',
            constraint=models.UniqueConstraint(fields=('controller', 'month'), name='one_run_a_month'),
        ),
        migrations.AddConstraint(
            model_name='retentionchunk',
            constraint=models.UniqueConstraint(fields=('run', 'lane', 'source', 'collection', 'number'), name='one_page'),
        ),
        migrations.AlterField(
            model_name='plan',
            name='purpose',
            field=models.CharField(choices=[('erase', 'Erase'), ('rectify', 'Correct'), ('restrict', 'Restrict'), ('lift', 'Lift a restriction'), ('mark', 'Mark'), ('later', 'Erase what was kept'), ('replay', 'Do again after a restore')], default='erase', max_length=12),
        ),
        migrations.CreateModel(
            name='DeferredErasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('ready', 'Ready'), ('done', 'Done'), ('failed', 'Failed: a person must look')], default='ready', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('token', models.PositiveIntegerField(default=0, help_text='Fencing: a worker writes only under the token it took.')),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('next_try_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, help_text='Code only.', max_length=64)),
                ('result', models.JSONField(blank=True, default=dict, help_text='Counts and digests, never data.')),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('day', models.DateField(help_text='The first day on which nothing may carry the keeping any more.')),
                ('why', models.CharField(help_text='Code: what the day is, or why it was put off.', max_length=24)),
                ('records', models.PositiveIntegerField()),
                ('summary', models.JSONField(default=list, help_text='Counts by table, rule and date; holds no data.')),
                ('times', models.PositiveSmallIntegerField(default=0, help_text='How often the day was put off.')),
                ('made_at', models.DateTimeField()),
                ('settled_note', requests_app.sealed.SealedTextField(default=str, editable=False, help_text='What somebody did about rows no machine may erase')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deferred', to='requests_app.claim')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.sealedfile')),
                ('origin', models.ForeignKey(help_text='The erasure that kept them.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fulfilment.plan')),
                ('plan', models.ForeignKey(blank=True, help_text='What is or was carried out on the day.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fulfilment.plan')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['day', 'id'],
                'indexes': [models.Index(condition=models.Q(('status', 'ready')), fields=['day'], name='deferred_due')],
            },
        ),
    ]
